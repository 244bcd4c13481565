import type { Command } from 'commander'
import { HaltBilling, ResumeBilling } from '@billstream/accounts-contracts'
import { organizationView, type OrganizationRow } from '@billstream/accounts-read-model'
import type { BillingHalt } from '@billstream/event-sourcing-runtime'
import { giveCommand } from '../commands/give-command'
import { CommandEnded, interrupted, refused, wrongUsage } from '../console/outcome'
import type { Column } from '../console/output'
import { commandGroup, id, subcommand, wholeNumber } from '../console/subcommand'
import type { Ops, OpsPorts } from '../ops'

const LIST_DEFAULT = 100
const LIST_MAX = 10_000
/** How long the halt may take to reach timers, outbox and work, and how often is looked, in milliseconds. */
const HOLD_TIMEOUT_MS = 10_000
const LOOK_MS = 100

interface ListedOrganization {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly halt: BillingHalt | null
}

const LISTED: readonly Column<ListedOrganization>[] = [
  { title: 'ORGANIZATION', value: (row) => row.id },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'BILLING', value: ({ halt }) => (halt ? 'halted' : 'running') },
  { title: 'SINCE', value: ({ halt }) => halt?.at },
  { title: 'BY', value: ({ halt }) => halt?.by },
  { title: 'REASON', value: ({ halt }) => halt?.reason },
]

/** `ops organizations ...`: who is billed, and whose billing stands still. */
export function registerOrganizationsCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'organizations', 'who is billed, and whose billing stands still')
  subcommand(group, 'list', {
    description: 'Lists organizations, and whose billing is halted, since when, by whom and why.',
    example: 'organizations list',
  })
    .option('--limit <count>', 'at most so many', wholeNumber({ min: 1, max: LIST_MAX }), LIST_DEFAULT)
    .action(ops.does(({ limit }: { limit: number }) => listOrganizations(ops, limit)))
  subcommand(group, 'halt', {
    description:
      'Stops billing of an organization: no invoice, no charge and no dunning until it is resumed; usage is still taken, and nothing is lost.',
    example: 'organizations halt 0197a3c2-5a10-7000-8000-0123456789ab --reason "a wrong price was published"',
  })
    .argument('<organization>', 'id of the organization', id)
    .requiredOption('--reason <text>', 'why: kept with the fact')
    .action(ops.does((organization: string, { reason }: { reason: string }) => halt(ops, organization, reason)))
  subcommand(group, 'resume', {
    description: 'Resumes billing of an organization: what became due meanwhile happens now, once.',
    example: 'organizations resume 0197a3c2-5a10-7000-8000-0123456789ab',
  })
    .argument('<organization>', 'id of the organization', id)
    .action(ops.does((organization: string) => resume(ops, organization)))
}

async function listOrganizations(ops: Ops, limit: number): Promise<undefined> {
  const { viewsAnywhere, billingHalts } = await ops.open()
  const halts = new Map((await billingHalts.all()).map((each) => [each.organizationId, each]))
  const orderBy = { column: 'created_at', direction: 'asc' } as const
  const rows = await viewsAnywhere.findAnywhere(organizationView, { orderBy, limit })
  const listed = rows.map((row: OrganizationRow): ListedOrganization => {
    return { id: row.id, name: row.name, status: row.status, halt: halts.get(row.id) ?? null }
  })
  ops.out.table(listed, LISTED, 'There are no organizations.')
}

async function halt(ops: Ops, organizationId: string, reason: string): Promise<undefined> {
  if (reason.trim() === '') throw wrongUsage('--reason', 'must say why.')
  const ports = await ops.open()
  await known(organizationId, ports)
  const wanted = { definition: HaltBilling, data: { organizationId, reason }, organizationId }
  const { recorded } = await giveCommand({ ...wanted, alreadySo: 'billing_already_halted' }, ports, ops)
  const held = await untilHeld(organizationId, 'halted', ports, ops.signal)
  const document = { organizationId, billing: 'halted', reason: held?.reason ?? reason, changed: recorded }
  ops.out.document(document, () =>
    recorded || !held
      ? 'Billing is halted; usage is still taken.'
      : `Billing is halted already, since ${held.at} by ${held.by}: ${held.reason}`,
  )
}

async function resume(ops: Ops, organizationId: string): Promise<undefined> {
  const ports = await ops.open()
  await known(organizationId, ports)
  const wanted = { definition: ResumeBilling, data: { organizationId }, organizationId }
  const { recorded } = await giveCommand({ ...wanted, alreadySo: 'billing_not_halted' }, ports, ops)
  await untilHeld(organizationId, 'running', ports, ops.signal)
  ops.out.document({ organizationId, billing: 'running', changed: recorded }, () =>
    recorded ? 'Billing goes on; what is due happens now.' : 'Billing is not halted.',
  )
}

async function known(organizationId: string, { viewsAnywhere }: OpsPorts): Promise<void> {
  const row = await viewsAnywhere.getAnywhere(organizationView, organizationId)
  if (!row) throw refused(`ORGANIZATION: there is no organization ${organizationId}.`)
}

/** The fact is recorded; what hands out timers and commands follows at once. Resolves with the halt, if there is to be one. */
async function untilHeld(
  organizationId: string,
  wanted: 'halted' | 'running',
  { billingHalts, sleeper }: OpsPorts,
  signal: AbortSignal,
): Promise<BillingHalt | undefined> {
  for (let waitedMs = 0; waitedMs < HOLD_TIMEOUT_MS; waitedMs += LOOK_MS) {
    const held = (await billingHalts.all()).find((each) => each.organizationId === organizationId)
    if ((held !== undefined) === (wanted === 'halted')) return held
    if (signal.aborted)
      throw interrupted('The fact is recorded; whether the service of accounts has acted on it was not waited for.')
    await sleeper.sleep(LOOK_MS, signal)
  }
  throw new CommandEnded(
    'unavailable',
    'The fact is recorded, but the service of accounts has not acted on it: does it run?',
  )
}
