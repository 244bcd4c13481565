import { Client, escapeIdentifier, type ClientConfig } from 'pg'
import type { Log } from '@billstream/event-sourcing-runtime'
import { isUnavailable, named } from './unavailable'

const RECONNECT_DELAY_MIN_MS = 100
const RECONNECT_DELAY_MAX_MS = 1_000

const NOTIFY = {
  name: 'notify',
  text: 'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as m(channel, payload)',
}

export interface Listener {
  /** Text of a NOTIFY of another process, or of this one. */
  heard(payload: string): void
  /** The channel is heard from now on. */
  listening?(): void
  /** The connection was away and is back: something may have been missed. */
  resumed(): void
}

/**
 * One LISTEN connection of this process for all its channels. Messages are hints: each may be lost, none may be relied on.
 * Sending is coalesced, the last payload of a channel and key wins, so thousands of commits cost few statements; and it is
 * done after the commit, because NOTIFY inside a writing transaction makes all of them wait for each other's disk.
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>()
  /** Each is over when the channel is heard. */
  private readonly begun = new Map<string, Promise<void>>()
  private readonly outgoing = new Map<string, { channel: string; payload: string }>()
  private client: Client | undefined
  private sending = false
  private closed = false
  private opening: Promise<void> | undefined
  private retry: NodeJS.Timeout | undefined
  private retryDelayMs = RECONNECT_DELAY_MIN_MS

  constructor(
    private readonly config: ClientConfig,
    private readonly log: Log,
    /** After a sending, in milliseconds; the first one after a quiet time goes at once. */
    private readonly restMs = 0,
  ) {}

  /** Opens the connection; a lost one is opened again by itself. Throws StoreUnavailable when the first attempt fails. */
  async open(): Promise<void> {
    try {
      await this.connect()
    } catch (error) {
      throw named(error)
    }
  }

  /** Hears a channel until the returned function is called. */
  listen(channel: string, listener: Listener): () => void {
    const listeners = this.listeners.get(channel) ?? new Set()
    this.listeners.set(channel, listeners)
    const begun = this.begun.get(channel) ?? this.ask({ text: `listen ${escapeIdentifier(channel)}` })
    this.begun.set(channel, begun)
    void begun.then(() => listener.listening?.())
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0 || !this.listeners.delete(channel)) return
      this.begun.delete(channel)
      void this.ask({ text: `unlisten ${escapeIdentifier(channel)}` })
    }
  }

  /** Tells every process, soon; of several payloads of one key only the last one goes out. */
  send(channel: string, key: string, payload: string): void {
    this.outgoing.set(`${channel}\n${key}`, { channel, payload })
    this.flush()
  }

  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.retry)
    await this.opening?.catch(() => undefined)
    await this.client?.end()
    this.client = undefined
  }

  private flush(): void {
    if (this.sending || !this.client || this.outgoing.size === 0) return
    this.sending = true
    setImmediate(() => void this.sendAll())
  }

  private async sendAll(): Promise<void> {
    const messages = [...this.outgoing.values()]
    this.outgoing.clear()
    await this.ask({
      ...NOTIFY,
      values: [messages.map(({ channel }) => channel), messages.map(({ payload }) => payload)],
    })
    if (this.restMs > 0) await this.rest()
    this.sending = false
    this.flush()
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => void setTimeout(resolve, this.restMs).unref())
  }

  /** A lost hint is made good by the readers' own looks; listening is asked for again when the connection is back. */
  private async ask(statement: { name?: string; text: string; values?: string[][] }): Promise<void> {
    try {
      await this.client?.query(statement)
    } catch (error) {
      if (!isUnavailable(error))
        this.log.error({ err: error, statement: statement.text }, 'A notification statement failed.')
    }
  }

  private async connect(): Promise<void> {
    const client = new Client(this.config)
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.listeners.get(channel) ?? []) listener.heard(payload ?? '')
    })
    client.on('error', (error) => this.log.warn({ err: error }, 'The notification connection was lost.'))
    this.opening = client.connect().then(() => undefined)
    await this.opening
    if (this.closed) return void (await client.end())
    this.client = client
    client.on('end', () => this.lost())
    this.retryDelayMs = RECONNECT_DELAY_MIN_MS
    for (const channel of this.listeners.keys()) await this.ask({ text: `listen ${escapeIdentifier(channel)}` })
    this.flush()
  }

  private lost(): void {
    if (this.closed) return
    this.client = undefined
    this.reconnectLater()
  }

  private reconnectLater(): void {
    clearTimeout(this.retry)
    this.retry = setTimeout(() => void this.reconnect(), this.retryDelayMs)
    this.retry.unref()
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, RECONNECT_DELAY_MAX_MS)
  }

  private async reconnect(): Promise<void> {
    try {
      await this.connect()
    } catch (error) {
      if (!isUnavailable(error)) this.log.error({ err: error }, 'The notification connection cannot be opened.')
      if (!this.closed) this.reconnectLater()
      return
    }
    for (const listeners of this.listeners.values()) for (const listener of listeners) listener.resumed()
  }
}
