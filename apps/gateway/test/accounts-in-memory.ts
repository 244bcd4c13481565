import {
  ApiKeyCreated,
  ApiKeyRevoked,
  CustomerChanged,
  CustomerCreated,
  CustomerDeleted,
  OrganizationChanged,
  OrganizationClosed,
  OrganizationCreated,
  TestClockAdvanceStarted,
  TestClockCreated,
  type CustomerCommand,
  type OrganizationCommand,
  type TestClockCommand,
} from '@billstream/accounts-contracts'
import { accountsProjections } from '@billstream/accounts-read-model'
import {
  rowAfter,
  type Command,
  type CommandReply,
  type DomainEvent,
  type Projection,
  type RecordedEvent,
  type ViewDefinition,
  type ViewRow,
} from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import type { MemoryViews } from '@billstream/event-sourcing-runtime'
import { refuse, type Clock } from '@billstream/kernel'

type AccountsCommand = OrganizationCommand | CustomerCommand | TestClockCommand

/**
 * Takes commands of accounts as a service without rules would: each becomes its events, and the real projections show them.
 * A repeated command id gets the first answer.
 */
export class AccountsInMemory {
  readonly commands: Command[] = []
  /** The next command is refused with this code. */
  refuseNext: { code: string; field?: string } | undefined
  /** Until it resolves, commands wait. */
  gate: Promise<void> = Promise.resolve()
  private readonly answers = new Map<string, CommandReply>()
  private position = 0n

  constructor(
    private readonly views: MemoryViews,
    private readonly clock: Clock,
  ) {}

  async start(): Promise<void> {
    for (const projection of accountsProjections) await this.views.reset(projection, projection.view)
  }

  async handle(command: Command): Promise<CommandReply> {
    this.commands.push(command)
    await this.gate
    const refusal = this.refuseNext
    this.refuseNext = undefined
    if (refusal) return { ...refuse(refusal.code, 'Refused by the test.', refusal.field), position: this.position }
    const known = this.answers.get(command.metadata.commandId)
    if (known) return known
    const events = eventsOf(command as AccountsCommand)
    await this.record(command.metadata.organizationId, ...events)
    const value = { id: command.metadata.commandId, events: events.map(({ type }) => type) }
    const answer: CommandReply = { ok: true, value, position: this.position }
    this.answers.set(command.metadata.commandId, answer)
    return answer
  }

  async record(organizationId: string, ...events: DomainEvent[]): Promise<void> {
    for (const event of events) {
      const from = this.position
      this.position += 1n
      const at = { position: this.position, metadata: { organizationId } }
      const past = { ...recorded(event, at), recordedAt: this.clock.now() }
      for (const projection of accountsProjections as readonly Projection[]) await this.project(projection, past, from)
    }
  }

  private async project(projection: Projection, event: RecordedEvent, from: bigint): Promise<void> {
    const upserts: ViewRow<ViewDefinition>[] = []
    for (const change of projection.on[event.type]?.(event) ?? []) {
      const [row] = await this.views.load(projection.view, [change.id])
      const next = rowAfter(change, row)
      if (next) upserts.push(next)
    }
    const writes = { view: projection.view, upserts, removals: [] }
    await this.views.commit(projection, { from, to: event.position }, writes)
  }
}

function eventsOf(command: AccountsCommand): DomainEvent[] {
  switch (command.type) {
    case 'CreateOrganization': {
      const { firstKey, hmacKey: _hmacKey, ...created } = command.data
      const { organizationId } = created
      return [OrganizationCreated(created), ApiKeyCreated({ organizationId, key: firstKey })]
    }
    case 'ChangeOrganization': {
      const { organizationId, changes } = command.data
      return [OrganizationChanged({ organizationId, changes })]
    }
    case 'CloseOrganization':
      return [OrganizationClosed(command.data)]
    case 'CreateApiKey':
      return [ApiKeyCreated(command.data)]
    case 'RevokeApiKey':
      return [ApiKeyRevoked({ ...command.data, hash: '' })]
    case 'RotateApiKey': {
      const { organizationId, keyId, successor } = command.data
      const key = { ...successor, name: null, expiresAt: null }
      return [ApiKeyRevoked({ organizationId, keyId, hash: '' }), ApiKeyCreated({ organizationId, key })]
    }
    case 'CreateCustomer':
      return [CustomerCreated(command.data)]
    case 'ChangeCustomer':
      return [CustomerChanged(command.data)]
    case 'DeleteCustomer':
      return [CustomerDeleted(command.data)]
    case 'CreateTestClock':
      return [TestClockCreated(command.data)]
    case 'AdvanceTestClock': {
      const { testClockId, targetTime } = command.data
      return [TestClockAdvanceStarted({ testClockId, from: targetTime, targetTime })]
    }
    default:
      throw new Error(`${command.type} is not handled here.`)
  }
}
