import { createHash } from 'node:crypto'
import type { Claim, Command, Decider, NewEvent, RecordedEvent } from '@billstream/event-sourcing-core'
import { derivedId, type Clock } from '@billstream/kernel'
import type { EventStore } from '../ports/event-store.port'
import { ClaimHeld, CreationAbandoned } from './runtime-events'
import type { StreamLoader } from './stream-loader'

/** A claim whose command has not finished is respected for so long, in milliseconds. */
export const CLAIM_IN_FLIGHT_MS = 60_000
const RACES_MAX = 5

interface Holder {
  readonly ownerStream: string
  readonly commandId: string
  readonly at: string
  readonly revision: number
}

/**
 * Unique business keys. A claim is a stream; its last event names the owner. It holds while the owner's state holds the key,
 * or while the command that took it may still be running. So a key that was changed or deleted is free at once, and
 * nothing has to free it.
 */
export class Claims {
  constructor(
    private readonly eventStore: EventStore,
    private readonly loader: StreamLoader,
    private readonly clock: Clock,
    private readonly deciderOf: (category: string) => Decider<unknown> | undefined,
  ) {}

  /** Takes the claim for the command's aggregate; false when somebody else holds it. */
  async take(claim: Claim, command: Command, ownerStream: string): Promise<boolean> {
    const stream = claimStream(claim, command.metadata.organizationId)
    // Hardly any key was ever held: that is found out by taking it, and only else by a read.
    let holder: Holder | undefined
    for (let race = 0; race < RACES_MAX; race += 1) {
      if (holder && !(await this.isFree(holder, claim, command, ownerStream))) return false
      const revision = holder?.revision ?? -1
      const held = this.held(claim, command, ownerStream, revision)
      const taken = await this.eventStore.append(stream, revision < 0 ? 'no-stream' : revision, [held])
      if (taken.ok) return true
      holder = await this.holderOf(stream)
      if (isRepeat(taken.error, command, holder)) return true
    }
    return false
  }

  private async isFree(holder: Holder, claim: Claim, command: Command, ownerStream: string): Promise<boolean> {
    if (holder.ownerStream === ownerStream) return true
    const decider = this.deciderOf(holder.ownerStream.slice(0, categoryLength(holder.ownerStream)))
    if (!decider) return false
    const owner = await this.loader.reload(decider, holder.ownerStream)
    const holds =
      decider.claims?.(owner.state).some(({ kind, key }) => kind === claim.kind && key === claim.key) ?? false
    if (holds) return false
    if (owner.commands.has(holder.commandId)) return true
    if (Date.parse(this.clock.now()) - Date.parse(holder.at) < CLAIM_IN_FLIGHT_MS) return false
    return this.abandon(holder, claim, command, owner.revision)
  }

  /** The slow command of the owner must fail from now on, before its claim goes to another. */
  private async abandon(holder: Holder, claim: Claim, command: Command, revision: number): Promise<boolean> {
    const event: NewEvent = {
      ...CreationAbandoned({ commandId: holder.commandId, kind: claim.kind }),
      id: derivedId('creation-abandoned', holder.ownerStream, holder.commandId, revision),
      schemaVersion: CreationAbandoned.version,
      metadata: eventMetadata(command),
    }
    const appended = await this.eventStore.append(holder.ownerStream, revision < 0 ? 'no-stream' : revision, [event])
    this.loader.forget(holder.ownerStream)
    return appended.ok
  }

  private async holderOf(stream: string): Promise<Holder | undefined> {
    let last: RecordedEvent | undefined
    for await (const event of this.eventStore.read(stream)) last = event
    if (!last) return undefined
    const { ownerStream, commandId, at } = last.data as { ownerStream: string; commandId: string; at: string }
    return { ownerStream, commandId, at, revision: last.revision }
  }

  private held(claim: Claim, command: Command, ownerStream: string, revision: number): NewEvent {
    const { commandId } = command.metadata
    return {
      ...ClaimHeld({ kind: claim.kind, ownerStream, commandId, at: this.clock.now() }),
      id: derivedId('claim-held', commandId, claim.kind, claim.key, revision),
      schemaVersion: ClaimHeld.version,
      metadata: eventMetadata(command),
    }
  }
}

/** Taken by this command when it came before, and not by somebody else since. */
function isRepeat({ code }: { code: string }, { metadata }: Command, holder: Holder | undefined): boolean {
  return code === 'event_exists' && holder?.commandId === metadata.commandId
}

export function claimStream(claim: Claim, organizationId: string): string {
  const scope = claim.scope === 'global' ? 'global' : organizationId
  const hash = createHash('sha256')
    .update(JSON.stringify([scope, claim.key]))
    .digest('hex')
  return `claim-${claim.kind}-${hash}`
}

/** The facts of a command that its events keep. */
export function eventMetadata({ type, metadata }: Command): NewEvent['metadata'] {
  const { organizationId, actor, commandId, correlationId, causationId, now, due, clockId } = metadata
  return {
    organizationId,
    actor,
    commandId,
    commandType: type,
    correlationId,
    causationId,
    occurredAt: now,
    ...(due !== undefined && { due }),
    ...(clockId !== undefined && { clockId }),
  }
}

/** Streams are `<category>-<uuid>`; a category may hold hyphens itself. */
function categoryLength(stream: string): number {
  return stream.length - UUID_LENGTH - 1
}
const UUID_LENGTH = 36
