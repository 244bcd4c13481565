import type { Command } from 'commander'
import type { Delivery, DeliveryStatus } from '@billstream/event-sourcing-runtime'
import { counted, verbOf } from '../console/counted'
import { interrupted, wrongUsage } from '../console/outcome'
import type { Column } from '../console/output'
import { commandGroup, id, instant, oneOf, subcommand, wholeNumber } from '../console/subcommand'
import type { Ops } from '../ops'
import { EVER, retryFailed } from './retry-deliveries'
import { shownDelivery } from './shown-delivery'

const LIST_DEFAULT = 50
const LIST_MAX = 10_000

const DELIVERY: readonly Column<Delivery>[] = [
  { title: 'MADE', value: ({ createdAt }) => createdAt },
  { title: 'TYPE', value: ({ webhookType }) => webhookType },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'ATTEMPTS', value: ({ attempts }) => attempts, align: 'right' },
  { title: 'ANSWER', value: ({ httpStatus }) => httpStatus, align: 'right' },
  { title: 'NEXT', value: ({ nextAttemptAt }) => nextAttemptAt },
  { title: 'OBJECT', value: ({ objectType, objectId }) => `${objectType} ${objectId}` },
  { title: 'ENDPOINT', value: ({ endpointId }) => endpointId },
  { title: 'DELIVERY', value: ({ id: deliveryId }) => deliveryId },
]

interface Range {
  readonly organization?: string
  readonly from?: string
  readonly to?: string
}

interface ListOptions extends Range {
  readonly status?: DeliveryStatus
  readonly limit: number
  readonly personal?: true
}

/** `ops deliveries ...`: webhooks on their way, arrived and given up. */
export function registerDeliveriesCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'deliveries', 'webhooks on their way, arrived and given up')
  subcommand(group, 'list', {
    description: 'Lists deliveries, oldest first.',
    example: 'deliveries list --status failed --from 2026-07-01 --to 2026-07-02',
  })
    .option('--status <status>', 'pending, succeeded or failed', oneOf(['pending', 'succeeded', 'failed']))
    .option('--organization <id>', 'of this organization only', id)
    .option('--from <instant>', 'made then or later', instant)
    .option('--to <instant>', 'made before', instant)
    .option('--limit <count>', 'at most so many', wholeNumber({ min: 1, max: LIST_MAX }), LIST_DEFAULT)
    .option('--personal', 'with what was sent and answered, which is hidden otherwise')
    .action(ops.does((options: ListOptions) => listDeliveries(ops, options)))
  subcommand(group, 'retry', {
    description: 'Sends what was given up once more: every failed delivery made in the range.',
    example: 'deliveries retry --from 2026-07-01T08:00:00Z --to 2026-07-01T12:00:00Z',
  })
    .requiredOption('--from <instant>', 'made then or later', instant)
    .requiredOption('--to <instant>', 'made before', instant)
    .option('--organization <id>', 'of this organization only', id)
    .action(ops.does((options: Range) => retryDeliveries(ops, options)))
}

async function listDeliveries(ops: Ops, { status, limit, personal, ...range }: ListOptions): Promise<undefined> {
  const { deliveries } = await ops.open()
  const found = await deliveries.search({ ...searchOf(range), limit, ...(status && { status }) })
  const shown = found.map((delivery) => shownDelivery(delivery, personal ? 'shown' : 'hidden'))
  ops.out.table(shown, DELIVERY, 'There are no such deliveries.')
  if (found.length === limit) ops.out.note(`There may be more: --from ${found.at(-1)?.createdAt ?? ''} or --limit.`)
}

async function retryDeliveries(ops: Ops, range: Range): Promise<undefined> {
  const ports = await ops.open()
  const progress = ops.progress({ unit: 'deliveries' })
  try {
    const retried = await retryFailed(searchOf(range), ports, { progress, signal: ops.signal })
    if (ops.signal.aborted)
      throw interrupted(`It was broken off: ${dueAgain(retried)}, the others are not. A repeat goes on.`)
    ops.out.document({ retried }, () => `${dueAgain(retried)}.`)
  } finally {
    progress.end()
  }
}

function dueAgain(count: number): string {
  return `${counted(count, 'delivery', 'deliveries')} ${verbOf(count, 'is', 'are')} due again`
}

function searchOf({ organization, from = EVER.from, to = EVER.to }: Range) {
  if (from >= to) throw wrongUsage('--to', 'must be later than --from.')
  return { from, to, ...(organization !== undefined && { organizationId: organization }) }
}
