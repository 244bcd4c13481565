import type { Command } from 'commander'
import { interrupted, type Outcome } from '../console/outcome'
import type { Column } from '../console/output'
import type { Progress } from '../console/progress'
import type { Personal } from '../console/shown-row'
import { subcommand } from '../console/subcommand'
import type { Ops, OpsPorts } from '../ops'
import type { CheckResult } from './check'
import { verifyDeliveries } from './verify-deliveries'
import { verifyEvents } from './verify-events'
import { verifyInvoices } from './verify-invoices'
import { verifyMeasured } from './verify-measured'
import { verifyMeasurements } from './verify-measurements'
import { verifyNumbers } from './verify-numbers'
import { verifyStore } from './verify-store'
import { verifyTimers } from './verify-timers'
import { verifyUsage } from './verify-usage'
import { verifyViews } from './verify-views'

const RESULT: readonly Column<CheckResult>[] = [
  { title: 'INVARIANT', value: ({ check }) => check },
  { title: 'CHECKED', value: ({ checked }) => checked, align: 'right' },
  { title: 'DIFFER', value: ({ differing }) => differing, align: 'right' },
  { title: 'NOTE', value: ({ note }) => note },
]

/** `ops verify`: the invariants of the platform over all its data. */
export function registerVerifyCommands(program: Command, ops: Ops): void {
  subcommand(program, 'verify', {
    description:
      'Checks the invariants over all data, read only: every event is there, invoices add up and are settled, one invoice per boundary, one effect per command, one delivery per event and endpoint, measurements and usage aggregates equal the usage events, timers are kept, live views equal rebuilt ones.',
    example: 'verify',
  })
    .option('--personal', 'with personal data in what differs, which is hidden otherwise')
    .action(ops.does(({ personal }: { personal?: true }) => verify(ops, personal ? 'shown' : 'hidden')))
}

async function verify(ops: Ops, personal: Personal): Promise<Outcome> {
  const results = await verifyAll(await ops.open(), ops, personal)
  const isInterrupted = ops.signal.aborted
  if (!ops.out.forMachines) ops.out.table(results, RESULT, '')
  else if (!isInterrupted) ops.out.document(results, () => '')
  for (const { check, differences } of results) {
    for (const { of, expected, found } of differences) {
      ops.out.note(`${check}\n  ${of}\n    expected ${JSON.stringify(expected)}\n    found    ${JSON.stringify(found)}`)
    }
  }
  // What was not looked at must never read as if nothing was wrong with it.
  if (isInterrupted) {
    ops.out.release()
    throw interrupted('It was broken off: not everything was checked.')
  }
  ops.out.note('Invariant 2 (ledgers) has nothing to check: this version keeps no wallets.')
  return results.some(({ differing }) => differing > 0) ? 'differences' : 'ok'
}

/** Every check, one after the other. */
async function verifyAll(ports: OpsPorts, ops: Ops, personal: Personal): Promise<CheckResult[]> {
  const { signal } = ops
  const head = await ports.eventStore.head()
  const whole = Number(head)
  const results: CheckResult[] = []
  const check = async (
    unit: string,
    total: number | undefined,
    work: (progress: Progress) => Promise<CheckResult[]>,
  ) => {
    if (signal.aborted) return
    const progress = ops.progress({ unit, ...(total !== undefined && { total }) })
    results.push(...(await work(progress).finally(() => progress.end())))
  }
  await check('places of events', undefined, () => verifyStore(ports))
  let [invoices, rows, measurements, timers] = [0, 0, 0, 0]
  await check('events', whole, async (progress) => {
    const walked = await verifyEvents(head, ports, { progress, signal })
    ;[invoices, rows, measurements] = [walked.invoices, walked.invoices + walked.payments, walked.measurements]
    timers = walked.subscriptions + walked.invoices
    return walked.results
  })
  await check('events of invoices', whole, (progress) => verifyInvoices(head, ports, { progress, signal, rows }))
  await check('events of numbers', whole, (progress) => verifyNumbers(head, ports, { progress, signal, invoices }))
  await check('deliveries', undefined, (progress) => verifyDeliveries(ports, { progress, signal }))
  await check('positions of measurements', whole, (progress) => verifyMeasurements(head, ports, { progress, signal }))
  await check('events of measurements', whole, (progress) =>
    verifyMeasured(head, ports, { progress, signal, measurements }),
  )
  await check('events of timers', undefined, (progress) => verifyTimers(ports, { progress, signal, timers }))
  await check('events of usage', undefined, (progress) => verifyUsage(ports, { progress, signal }))
  await check('events folded', undefined, (progress) => verifyViews(ports, { progress, signal, personal }))
  return results
}
