import type { Static, TSchema } from '@sinclair/typebox'
import type {
  CommandDefinition,
  CommandEffectSummary,
  CommandMetadata,
  Position,
  QueryDefinition,
  ViewDefinition,
  ViewRow,
} from '@billstream/event-sourcing-core'
import { ViewsBehind, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { addSeconds, compareInstants, derivedId, epochMillis, type Uuid } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import type { Caller } from '../authentication/caller'
import type { Call } from '../operation/operation'
import type { CustomerTime } from './customer-time'
import { Refused } from './refused'

/** How long an answer waits for its view or for the outcome of a chain, in seconds; then 503. */
const VIEW_TIMEOUT_SECONDS = 10

/** From which call a command comes, and which time rules it. */
export interface CommandSource {
  readonly caller: Caller
  readonly call: Call
  /** Absent: real time. */
  readonly time?: CustomerTime
  /** Of an admin's command: the organization that it is for. */
  readonly organizationId?: Uuid
}

type SenderPorts = Pick<PlatformPorts, 'views' | 'viewProgress' | 'billingHalts' | 'clock'>

/** Sends commands and waits until the views that an answer is read from show their effect. */
export class CommandSender {
  constructor(
    private readonly ports: SenderPorts,
    private readonly bus: MessageBus,
  ) {}

  /** shows: the views to wait for. Throws Refused, ViewsBehind and what the bus throws. */
  async send<Type extends string, Schema extends TSchema>(
    definition: CommandDefinition<Type, Schema>,
    data: Static<Schema>,
    source: CommandSource,
    shows: readonly ViewDefinition[],
  ): Promise<CommandEffectSummary & { readonly position: Position }> {
    const reply = await this.bus.send(definition, definition(data, this.metadataOf(source)))
    if (!reply.ok) throw new Refused(reply.error)
    await this.reached(shows, reply.position)
    return { ...reply.value, position: reply.position }
  }

  /** Asks a context; the answer is as of now. */
  ask<Data, Answer>(query: QueryDefinition<string, Data, Answer>, data: Data, source: CommandSource): Promise<Answer> {
    const { organizationId, correlationId, now, clockId } = this.metadataOf(source)
    const metadata = { organizationId, correlationId, now, ...(clockId !== undefined && { clockId }) }
    return this.bus.ask(query, data, metadata)
  }

  /** Before a chain of commands whose outcome is waited for: while billing is halted it would stand still. Throws Refused. */
  async refuseWhileHalted(organizationId: Uuid): Promise<void> {
    const halts = await this.ports.billingHalts.all()
    if (!halts.some((halt) => halt.organizationId === organizationId)) return
    throw new Refused({ code: 'billing_halted', message: 'Billing is halted; try again when it has been resumed.' })
  }

  /**
   * The row once it is as wanted: the outcome of a chain of commands. Woken by each move of the view, never polling.
   * Throws ViewsBehind after 10 s.
   */
  async outcome<V extends ViewDefinition>(
    view: V,
    organizationId: Uuid,
    id: string,
    isReached: (row: ViewRow<V>) => boolean,
  ): Promise<ViewRow<V>> {
    const name = projectionOf(view)
    const until = addSeconds(this.ports.clock.now(), VIEW_TIMEOUT_SECONDS)
    for (;;) {
      const position = (await this.ports.viewProgress.positions()).get(name) ?? 0n
      const row = await this.ports.views.get(view, organizationId, id)
      if (row && isReached(row)) return row
      const now = this.ports.clock.now()
      if (compareInstants(now, until) >= 0) throw new ViewsBehind(`${name} does not show the outcome yet.`)
      await this.ports.viewProgress.reached([name], position + 1n, epochMillis(until) - epochMillis(now))
    }
  }

  private async reached(views: readonly ViewDefinition[], position: Position): Promise<void> {
    if (views.length === 0) return
    const names = views.map(projectionOf)
    if (await this.ports.viewProgress.reached(names, position, VIEW_TIMEOUT_SECONDS * 1_000)) return
    throw new ViewsBehind(`${names.join(', ')} did not reach the command's effect.`)
  }

  private metadataOf({ caller, call, time, organizationId }: CommandSource): CommandMetadata {
    const owner = organizationId ?? (caller.kind === 'key' ? caller.organizationId : undefined)
    if (owner === undefined) throw new Error('A command needs an organization.')
    return {
      commandId: call.commandId,
      organizationId: owner,
      actor: caller.actor,
      correlationId: call.correlationId,
      causationId: call.correlationId,
      now: time?.now ?? call.receivedAt,
      ...(time?.clockId !== undefined && { clockId: time.clockId }),
      expiresAt: addSeconds(call.receivedAt, VIEW_TIMEOUT_SECONDS),
    }
  }
}

/** An id that a call makes: the same call gives the same one, also after a crash. */
export function idOf(role: string, call: Call): Uuid {
  return derivedId(role, call.commandId)
}

/** A view's projection has its name. */
function projectionOf({ schema, name }: ViewDefinition): string {
  return `${schema}.${name}`
}
