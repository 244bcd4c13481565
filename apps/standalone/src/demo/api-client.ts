import type { Sleeper } from '@billstream/event-sourcing-runtime'

/** Longer than the 30 s for which the mark of a request that a kill broke off is respected. */
const TRIES_MAX = 90
const RETRY_MS = 500

/** A small client of the platform's own public API. Every write carries an Idempotency-Key, so a story can be told again. */
export class ApiClient {
  constructor(
    private readonly address: string,
    private readonly key: string,
    private readonly sleeper: Sleeper,
    private readonly signal: AbortSignal,
  ) {}

  /** Looks again after a while. Throws when the telling was stopped. */
  async pause(ms: number): Promise<void> {
    await this.sleeper.sleep(ms, this.signal)
    this.signal.throwIfAborted()
  }

  post<T>(path: string, body: unknown, step: string): Promise<T> {
    return this.call<T>('POST', path, { body, step })
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path, {})
  }

  /** Temporary refusals (409 in flight, 429, 503) are tried again; the same key has one effect. */
  private async call<T>(method: string, path: string, { body, step }: { body?: unknown; step?: string }): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${this.address}${path}`, {
        method,
        signal: this.signal,
        headers: {
          authorization: `Bearer ${this.key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(step !== undefined && { 'idempotency-key': `demo-story-${step}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (response.ok) return (await response.json()) as T
      const text = await response.text()
      const temporary = response.headers.has('retry-after')
      if (!temporary || attempt === TRIES_MAX) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
      await this.pause(RETRY_MS)
    }
  }
}
