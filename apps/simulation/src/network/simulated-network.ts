import type { Command, CommandReply, Context } from '@billstream/event-sourcing-core'
import type { CommandRoute, QueryMessage, UsageMessage } from '@billstream/event-sourcing-runtime'
import { answerWith, openReply, REPLY_TIMEOUT_MS, ReplyTimedOut, type MessageBus } from '@billstream/messaging'
import type { Faults } from '../faults/faults'
import type { SimulatedProcess } from '../process/simulated-process'
import type { VirtualTime } from '../time/virtual-time'
import { KeyChains } from './key-chains'

const SLOW_MESSAGE_MAX_MS = 3_000
const ANSWERED = 'answered'
/** Nobody is there to take the message: looked again after so long. */
const NOBODY_MS = 100

/** One program that serves messages. */
export interface Replica {
  readonly process: SimulatedProcess
  command(context: Context, command: Command): Promise<CommandReply>
  query(context: Context, message: QueryMessage): Promise<unknown>
  usage(requests: readonly UsageMessage[]): Promise<readonly unknown[]>
}

interface Message {
  readonly topic: string
  readonly key: string
  readonly body: unknown
  handle(replica: Replica, body: unknown): Promise<unknown>
}

/**
 * The bus between replicas, as a broker with partitions gives it: at least once, in order per key, to one replica at a time,
 * as far as that one is not merely taken for dead. Replies may get lost.
 */
export class SimulatedNetwork {
  private readonly chains = new KeyChains()
  private readonly owners = new Map<string, Replica>()
  private questions = 0

  constructor(
    private readonly time: VirtualTime,
    private readonly faults: Faults,
    /** Those that can be reached now. */
    private readonly replicas: () => readonly Replica[],
  ) {}

  get isIdle(): boolean {
    return this.chains.isIdle && this.questions === 0
  }

  /** The sending side of one process; of nobody's, for clients. */
  busOf(process?: SimulatedProcess): MessageBus {
    const sent = async <T>(answer: Promise<unknown>, what: string, timeoutMs = REPLY_TIMEOUT_MS): Promise<T> => {
      const reply = this.within(timeoutMs, answer, what)
      // Whoever sent may be gone by the time of the answer.
      await reply.catch(() => undefined).then(() => process?.pass())
      return (await reply) as T
    }
    const dispatch = async ({ context, target }: CommandRoute, command: Command, timeoutMs?: number) => {
      await process?.pass()
      return sent<CommandReply>(this.deliver(commandMessage(context, target, command)), command.type, timeoutMs)
    }
    return {
      usageShards: 1,
      dispatch,
      send: ({ context, category, aggregateId }, command, timeoutMs) =>
        dispatch({ context, target: `${category}-${aggregateId(command.data)}` }, command, timeoutMs),
      ask: async (query, data, metadata) => {
        await process?.pass()
        const body = { type: query.type, data, ...metadata }
        return sent(this.question(query.context, body), query.type)
      },
      ingest: async (request) => {
        await process?.pass()
        return sent(this.deliver(usageMessage(request)), 'usage')
      },
    }
  }

  private async deliver(message: Message): Promise<unknown> {
    const reply = this.enqueue(message)
    if (this.faults.strikes('repeatedMessage')) void this.enqueue(message).catch(() => undefined)
    const answer = await reply.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error
      },
    )
    if (this.faults.strikes('lostReply')) return new Promise<never>(() => undefined)
    return answer()
  }

  private enqueue(message: Message): Promise<unknown> {
    const body = asSent(message.body)
    return this.chains.run(`${message.topic}/${message.key}`, async () => {
      if (this.faults.strikes('slowMessage')) await this.time.sleep(this.faults.delayMs(SLOW_MESSAGE_MAX_MS))
      return this.handedOver(message, body)
    })
  }

  /** What a replica that died had not answered goes to another one; the dead may have done it already. */
  private async handedOver(message: Message, body: unknown): Promise<unknown> {
    for (;;) {
      const replica = await this.ownerOf(message)
      const answered = answerWith(
        () => message.handle(replica, asSent(body)),
        () => undefined,
      )
      const outcome = await Promise.race([answered, replica.process.outOfReach])
      if (outcome !== 'fenced') return openReply(outcome)
      this.owners.delete(message.key)
    }
  }

  private async ownerOf({ key }: Message): Promise<Replica> {
    for (;;) {
      const known = this.owners.get(key)
      const reachable = this.replicas()
      if (known && reachable.includes(known) && !this.faults.strikes('rebalance')) return known
      if (reachable.length > 0) {
        const owner = this.faults.pick(reachable)
        this.owners.set(key, owner)
        return owner
      }
      await this.time.sleep(NOBODY_MS)
    }
  }

  /** Questions change nothing: they need no order. */
  private async question(context: Context, body: object): Promise<unknown> {
    this.questions += 1
    try {
      const message = { topic: 'queries', key: '', body, handle: queryHandler(context) }
      return await this.handedOver(message, asSent(body))
    } finally {
      this.questions -= 1
    }
  }

  private async within(timeoutMs: number, answer: Promise<unknown>, what: string): Promise<unknown> {
    const enough = new AbortController()
    const late = this.time.sleep(timeoutMs, enough.signal).then(() => {
      if (!enough.signal.aborted) throw new ReplyTimedOut(`${what} was not answered within ${timeoutMs} ms.`)
    })
    // The loser of the race fails unheard.
    void late.catch(() => undefined)
    try {
      return await Promise.race([answer, late])
    } finally {
      enough.abort(ANSWERED)
    }
  }
}

function commandMessage(context: Context, target: string, body: Command): Message {
  const handle: Message['handle'] = (replica, sent) => replica.command(context, sent as Command)
  return { topic: `commands.${context}`, key: target, body, handle }
}

function usageMessage(body: UsageMessage): Message {
  const handle: Message['handle'] = async (replica, sent) => (await replica.usage([sent as UsageMessage]))[0]
  return { topic: 'usage', key: body.requestId, body, handle }
}

function queryHandler(context: Context): Message['handle'] {
  return (replica, body) => replica.query(context, body as QueryMessage)
}

/** A message is what it would be on a wire: JSON, and shared with nobody. */
function asSent<Body>(body: Body): Body {
  return JSON.parse(JSON.stringify(body)) as Body
}
