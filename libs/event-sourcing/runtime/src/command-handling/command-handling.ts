import type {
  Claim,
  Command,
  CommandReply,
  Decider,
  DomainEvent,
  EventRegistry,
  NewEvent,
} from '@billstream/event-sourcing-core'
import { derivedId, ok, refuse, type Result } from '@billstream/kernel'
import { ensurePersonKeys } from '../personal-data/ensure-person-keys'
import type { PlatformPorts } from '../service/platform-ports'
import type { Aggregate } from '../service/service-definition'
import { Claims, eventMetadata } from './claims'
import { ViewFactReader } from './fact-reader'
import type { FoldedStream } from './folded-stream'
import { StreamLoader } from './stream-loader'

/** A conflict on the expected revision reloads and decides again, at most so often. */
export const CONFLICT_TRIES_MAX = 3

type HandlingPorts = Pick<
  PlatformPorts,
  'events' | 'eventStore' | 'personKeys' | 'snapshots' | 'views' | 'viewProgress' | 'clock' | 'log'
>

interface Target {
  readonly aggregate: Aggregate
  readonly creates: boolean
  readonly stream: string
  readonly aggregateId: string
}

/** Load, fold, decide, append: the one way in which every command of a service is handled. */
export class CommandHandling {
  private readonly byCommand = new Map<string, Aggregate>()
  private readonly byCategory = new Map<string, Decider<unknown>>()
  private readonly loader: StreamLoader
  private readonly claims: Claims

  constructor(
    private readonly ports: HandlingPorts,
    aggregates: readonly Aggregate[],
  ) {
    for (const aggregate of aggregates) {
      this.byCategory.set(aggregate.decider.category, aggregate.decider)
      for (const { type } of aggregate.decider.commands) this.byCommand.set(type, aggregate)
    }
    this.loader = new StreamLoader(ports.eventStore, ports.snapshots)
    this.claims = new Claims(ports.eventStore, this.loader, ports.clock, (category) => this.byCategory.get(category))
  }

  /** Refusals are answers; what throws is infrastructure, and a repeat of the same command id is safe. */
  async handle(command: Command): Promise<CommandReply> {
    const target = this.targetOf(command)
    if (hasExpired(command, this.ports.clock.now())) {
      return { ...refuse('command_expired', 'The command was not begun in time.'), position: 0n }
    }
    const folded = await this.known(target)
    const answered = answeredBefore(command, target, folded)
    if (answered) return answered
    return this.decideOnTheLatest(command, target, folded)
  }

  private async known({ aggregate: { decider }, creates, stream }: Target): Promise<FoldedStream> {
    return creates ? this.loader.presumeNew(decider, stream) : this.loader.load(decider, stream)
  }

  /**
   * A fold that is kept may be behind, where another process has handled the stream meanwhile, or the stream was only presumed
   * to be new. An append finds that out; a refusal, also by facts that have changed since, and a decision that nothing has to
   * happen, hold only when nothing has come since.
   */
  private async decideOnTheLatest(command: Command, target: Target, known: FoldedStream): Promise<CommandReply> {
    const { decider } = target.aggregate
    const gathered = await this.gather(target.aggregate, command)
    let folded = known
    for (let attempt = 0; attempt < CONFLICT_TRIES_MAX; attempt += 1) {
      const outcome = await this.decideAndAppend(gathered, target, folded)
      if (outcome === 'conflict') folded = await this.loader.reload(decider, target.stream)
      else {
        if (hasRecorded(outcome)) return outcome
        const latest = await this.loader.catchUp(decider, target.stream, folded)
        if (latest.revision === folded.revision) return outcome
        folded = latest
      }
      const answered = answeredBefore(command, target, folded)
      if (answered) return answered
    }
    return {
      ...refuse('too_many_conflicts', 'The object is being changed by others; try again.'),
      position: folded.position,
    }
  }

  private targetOf(command: Command): Target {
    const aggregate = this.byCommand.get(command.type)
    if (!aggregate) throw new Error(`No aggregate handles ${command.type}.`)
    const descriptor = aggregate.decider.commands.find(({ type }) => type === command.type)
    if (!descriptor) throw new Error(`${command.type} is not declared.`)
    const aggregateId = descriptor.aggregateId(command.data)
    return {
      aggregate,
      creates: descriptor.creates === true,
      aggregateId,
      stream: `${aggregate.decider.category}-${aggregateId}`,
    }
  }

  private async gather(aggregate: Aggregate, command: Command): Promise<Result<Command>> {
    const gather = aggregate.gather?.[command.type]
    if (!gather) return ok(command)
    const facts = await gather(command, new ViewFactReader(this.ports, command.metadata.organizationId))
    return facts.ok ? ok({ ...command, facts: facts.value }) : facts
  }

  private async decideAndAppend(
    gathered: Result<Command>,
    target: Target,
    folded: FoldedStream,
  ): Promise<CommandReply | 'conflict'> {
    if (!gathered.ok) return { ...gathered, position: folded.position }
    const command = gathered.value
    const { decider } = target.aggregate
    if (folded.abandoned.has(command.metadata.commandId)) {
      return {
        ...refuse('creation_abandoned', 'The command took too long and was given up.'),
        position: folded.position,
      }
    }
    const decided = decider.decide(command, folded.state)
    if (!decided.ok) return { ...decided, position: folded.position }
    if (decided.value.length === 0) return accepted(target, folded.position, [])

    const claimed = await this.claimWhatIsNew(command, target, folded.state, decided.value)
    if (!claimed.ok) return { ...claimed, position: folded.position }
    return this.append(command, target, folded, decided.value)
  }

  private async append(
    command: Command,
    target: Target,
    folded: FoldedStream,
    facts: readonly DomainEvent[],
  ): Promise<CommandReply | 'conflict'> {
    const expected = folded.revision < 0 ? 'no-stream' : folded.revision
    const appended = await this.ports.eventStore.append(
      target.stream,
      expected,
      toNewEvents(command, facts, this.ports.events),
    )
    if (appended.ok) {
      await this.loader.appended(target.aggregate.decider, target.stream, folded, appended.value.events)
      return accepted(
        target,
        appended.value.position,
        facts.map(({ type }) => type),
      )
    }
    this.loader.forget(target.stream)
    if (appended.error.code === 'append_too_large') return { ...appended, position: folded.position }
    return 'conflict'
  }

  private async claimWhatIsNew(
    command: Command,
    target: Target,
    before: unknown,
    facts: readonly DomainEvent[],
  ): Promise<Result<undefined>> {
    const { decider } = target.aggregate
    const claims = newClaims(decider, before, facts)
    if (claims.length === 0) return ok(undefined)
    // The append would ask for the keys next; they take as long as a claim and depend on none.
    const { organizationId } = command.metadata
    const [lost] = await Promise.all([
      this.takeAll(claims, command, target.stream),
      ensurePersonKeys(facts, organizationId, this.ports),
    ])
    return lost ? takenBy(decider, lost) : ok(undefined)
  }

  /** The first claim that somebody else holds. */
  private async takeAll(claims: readonly Claim[], command: Command, stream: string): Promise<Claim | undefined> {
    for (const claim of claims) if (!(await this.claims.take(claim, command, stream))) return claim
    return undefined
  }
}

/** What the state holds after the facts and did not hold before. */
function newClaims(decider: Decider<unknown>, before: unknown, facts: readonly DomainEvent[]): readonly Claim[] {
  if (!decider.claims) return []
  const after = facts.reduce((state, fact) => decider.evolve(state, fact), before)
  const held = new Set(decider.claims(before).map(claimKey))
  return decider.claims(after).filter((claim) => !held.has(claimKey(claim)))
}

function takenBy(decider: Decider<unknown>, claim: Claim): Result<undefined> {
  const taken = decider.claimTaken?.(claim) ?? { code: `${claim.kind}_taken`, message: `${claim.key} is taken.` }
  return { ok: false, error: taken }
}

function hasExpired({ metadata }: Command, now: string): boolean {
  return metadata.expiresAt !== undefined && Date.parse(metadata.expiresAt) < Date.parse(now)
}

/** The second net of tenancy: an id of another organization is answered like an unknown one. */
function isOfAnother({ organizationId }: FoldedStream, { metadata }: Command): boolean {
  return organizationId !== undefined && organizationId !== metadata.organizationId
}

function claimKey({ kind, key }: Claim): string {
  return JSON.stringify([kind, key])
}

/** An event's id is v5(commandId, index): a repeat cannot record a second one. */
function toNewEvents(command: Command, facts: readonly DomainEvent[], registry: EventRegistry): NewEvent[] {
  const metadata = eventMetadata(command)
  return facts.map((fact, index) => ({
    type: fact.type,
    data: fact.data,
    id: derivedId('event', command.metadata.commandId, index),
    schemaVersion: registry.get(fact.type).version,
    metadata,
  }))
}

/** The answer is a function of the aggregate and the command's events, so a repeat is answered alike. */
function accepted(target: Target, position: bigint, types: readonly string[]): CommandReply {
  return { ok: true, value: { id: target.aggregateId, events: types }, position }
}

function hasRecorded(reply: CommandReply): boolean {
  return reply.ok && reply.value.events.length > 0
}

/** What needs no decision: an id of another organization, and a repeat. */
function answeredBefore(command: Command, target: Target, folded: FoldedStream): CommandReply | undefined {
  if (isOfAnother(folded, command)) {
    return { ...refuse('object_not_found', 'There is no such object.'), position: 0n }
  }
  return folded.commands.has(command.metadata.commandId) ? repeated(command, target, folded) : undefined
}

function repeated(command: Command, target: Target, folded: FoldedStream): CommandReply {
  const effect = folded.commands.get(command.metadata.commandId)
  return accepted(target, effect?.position ?? folded.position, effect?.types ?? [])
}
