import type { Position } from '@billstream/event-sourcing-core'
import { isInfrastructureFailure } from '@billstream/event-sourcing-runtime'
import type { Command } from 'commander'
import { CommandEnded, interrupted, type Outcome } from '../console/outcome'
import type { Column } from '../console/output'
import type { Progress } from '../console/progress'
import type { Personal } from '../console/shown-row'
import { subcommand } from '../console/subcommand'
import type { Ops, OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
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
      'Checks the invariants over all data, read only: every event is there and of its shape, invoices add up and are settled, one invoice per boundary, one effect per command, one delivery per event and endpoint, measurements and usage aggregates equal the usage events, timers are kept, live views equal rebuilt ones.',
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

interface Step {
  /** What is not checked where it fails. */
  readonly name: string
  readonly unit: string
  readonly total?: number
  work(progress: Progress): Promise<CheckResult[]>
}

/** Every check, one after the other. */
async function verifyAll(ports: OpsPorts, ops: Ops, personal: Personal): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  const head = await ports.eventStore.head()
  for (const step of stepsOf(head, ports, { ops, personal })) {
    if (ops.signal.aborted) break
    const { name, work, ...shown } = step
    const progress = ops.progress(shown)
    const found = await work(progress)
      .catch((error: unknown) => [notCarriedOut(name, error, ops)])
      .finally(() => progress.end())
    results.push(...found)
  }
  return results
}

/** Damaged data must not keep the other checks from being carried out. What is out of reach, or broken off, ends them all. */
function notCarriedOut(name: string, error: unknown, { signal }: Ops): CheckResult {
  if (signal.aborted || error instanceof CommandEnded || isInfrastructureFailure(error)) throw error
  const tally = new Tally(name)
  tally.notCarriedOut(error instanceof Error ? error.message : String(error))
  return tally.result
}

/** The walk through all events says how much the steps behind it will hold in memory. */
function stepsOf(head: Position, ports: OpsPorts, { ops, personal }: { ops: Ops; personal: Personal }): Step[] {
  const { signal } = ops
  const total = Number(head)
  let seen = { invoices: 0, payments: 0, measurements: 0, subscriptions: 0 }
  return [
    { name: '0. every event is there', unit: 'places of events', work: () => verifyStore(ports) },
    {
      ...{ name: '0. to 3. what events say by themselves', unit: 'events', total },
      work: async (progress) => {
        const walked = await verifyEvents(head, ports, { progress, signal })
        seen = walked
        return walked.results
      },
    },
    {
      ...{ name: '1. total = settled + due, of every issued invoice', unit: 'events of invoices', total },
      work: (progress) => verifyInvoices(head, ports, { progress, signal, rows: seen.invoices + seen.payments }),
    },
    {
      ...{ name: '3. one invoice per number', unit: 'events of numbers', total },
      work: (progress) => verifyNumbers(head, ports, { progress, signal, invoices: seen.invoices }),
    },
    {
      ...{ name: '3. one delivery id per event and endpoint', unit: 'deliveries' },
      work: (progress) => verifyDeliveries(ports, { progress, signal }),
    },
    {
      ...{ name: '4. every measurement is its usage', unit: 'positions of measurements', total },
      work: (progress) => verifyMeasurements(head, ports, { progress, signal }),
    },
    {
      ...{ name: '4. every measurement is recorded', unit: 'events of measurements', total },
      work: (progress) => verifyMeasured(head, ports, { progress, signal, measurements: seen.measurements }),
    },
    {
      ...{ name: '0. every timer that follows from the events waits or has fired', unit: 'events of timers' },
      work: (progress) => verifyTimers(ports, { progress, signal, timers: seen.subscriptions + seen.invoices }),
    },
    {
      ...{ name: '4. all usage aggregates are their events', unit: 'events of usage' },
      work: (progress) => verifyUsage(ports, { progress, signal }),
    },
    {
      ...{ name: '6. live = rebuilt', unit: 'events folded' },
      work: (progress) => verifyViews(ports, { progress, signal, personal }),
    },
  ]
}
