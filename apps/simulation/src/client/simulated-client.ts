import type { CommandDefinition, CommandMetadata, CommandReply, QueryDefinition } from '@billstream/event-sourcing-core'
import { isInfrastructureFailure } from '@billstream/event-sourcing-runtime'
import { addSeconds, derivedId, type Instant, type Uuid } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import type { Static, TSchema } from '@sinclair/typebox'
import type { IngestAnswer, IngestRequest } from '@billstream/usage-contracts'
import type { VirtualTime } from '../time/virtual-time'
import type { Ledger } from './ledger'

/** As the gateway gives a command of a request. */
const EXPIRES_AFTER_S = 10
const TRIES_MAX = 200
const TRY_AGAIN_MS = 1_000
/** A client may simply try again. */
const TEMPORARY = ['too_many_conflicts', 'command_expired']

/** From when, and by which clock. */
export interface CustomerNow {
  readonly now: Instant
  readonly clockId?: Uuid
}

/** Calls the platform as the gateway does: under one id until there is an answer. */
export class SimulatedClient {
  constructor(
    private readonly bus: MessageBus,
    private readonly time: VirtualTime,
    private readonly ledger: Ledger,
    readonly organizationId: Uuid,
  ) {}

  /** intention: what is wanted, in words; the same words are the same command. expected: refusals that may be. */
  async send<Type extends string, Schema extends TSchema>(
    definition: CommandDefinition<Type, Schema>,
    data: Static<Schema>,
    { intention, at, expected = [] }: { intention: string; at: CustomerNow; expected?: readonly string[] },
  ): Promise<CommandReply> {
    const commandId = derivedId('simulated command', intention)
    const reply = await this.untilAnswered(definition.type, async () => {
      const metadata = this.metadata(commandId, at)
      const answer = await this.bus.send(definition, definition(data, metadata))
      return !answer.ok && TEMPORARY.includes(answer.error.code) ? undefined : answer
    })
    if (reply.ok) this.ledger.commands.push({ type: definition.type, commandId, reply })
    else if (!expected.includes(reply.error.code)) {
      this.ledger.surprise(`${intention}: ${definition.type} was refused with ${reply.error.code}`)
    }
    return reply
  }

  ingest(request: IngestRequest, intention: string): Promise<IngestAnswer> {
    const requestId = derivedId('simulated request', intention)
    const { organizationId } = this
    return this.untilAnswered('ingest', () =>
      this.bus.ingest<IngestAnswer>({ requestId, organizationId, payload: request }),
    )
  }

  ask<Data, Answer>(
    query: QueryDefinition<string, Data, Answer>,
    data: Data,
    { now, clockId }: CustomerNow,
  ): Promise<Answer> {
    const { organizationId } = this
    const correlationId = derivedId('simulated question', query.type)
    const metadata = { organizationId, correlationId, now, ...(clockId !== undefined && { clockId }) }
    return this.untilAnswered(query.type, () => this.bus.ask(query, data, metadata))
  }

  private async untilAnswered<Answer>(what: string, call: () => Promise<Answer | undefined>): Promise<Answer> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      try {
        const answer = await call()
        if (answer !== undefined) return answer
      } catch (error) {
        if (!isInfrastructureFailure(error)) throw error
      }
      await this.time.sleep(TRY_AGAIN_MS)
    }
    throw new Error(`${what} was not answered in ${TRIES_MAX} tries.`)
  }

  private metadata(commandId: Uuid, { now, clockId }: CustomerNow): CommandMetadata {
    return {
      commandId,
      organizationId: this.organizationId,
      actor: { type: 'api_key', id: 'simulation' },
      correlationId: commandId,
      causationId: commandId,
      now,
      ...(clockId !== undefined && { clockId }),
      expiresAt: addSeconds(this.time.now(), EXPIRES_AFTER_S),
    }
  }
}
