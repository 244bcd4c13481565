import type { Command } from 'commander'
import { counted, verbOf } from '../console/counted'
import { interrupted, refused, wrongUsage, type Outcome } from '../console/outcome'
import type { Column } from '../console/output'
import { commandGroup, id, subcommand } from '../console/subcommand'
import type { Ops } from '../ops'
import { addsUp, explainInvoice } from './explain-invoice'
import { explanationText } from './explanation-text'
import { rederiveAll } from './rederive-all'
import type { InvoiceDifference } from './rederive-invoice'

/** Differences printed for people; JSON has all. */
const PRINTED_MAX = 50

const DIFFERENCE: readonly Column<InvoiceDifference>[] = [
  { title: 'INVOICE', value: ({ number }) => number },
  { title: 'ID', value: ({ invoiceId }) => invoiceId },
  { title: 'WHERE', value: ({ where }) => where },
  { title: 'RECORDED', value: ({ recorded }) => JSON.stringify(recorded) },
  { title: 'DERIVED', value: ({ derived }) => JSON.stringify(derived) },
]

interface RederiveOptions {
  readonly organization?: string
  readonly all?: true
}

/** `ops invoices ...`: why an invoice is what it is, and whether it still is. */
export function registerInvoicesCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'invoices', 'why an invoice is what it is, and whether it still is')
  subcommand(group, 'explain', {
    description: 'Explains every cent of an invoice: measurement, plan version, rule, steps, rounding and tax.',
    example: 'invoices explain 5d2c6d8e-5a0f-5b1c-8d2e-3f4a5b6c7d8e',
  })
    .argument('<invoice>', 'id of the invoice', id)
    .action(ops.does((invoice: string) => explain(ops, invoice)))
  subcommand(group, 'rederive', {
    description: 'Makes issued invoices once more from the recorded facts, and reports every difference.',
    example: 'invoices rederive --all',
  })
    .option('--organization <id>', 'of this organization', id)
    .option('--all', 'of every organization')
    .action(ops.does((options: RederiveOptions) => rederive(ops, options)))
}

async function explain(ops: Ops, invoiceId: string): Promise<Outcome> {
  const ports = await ops.open()
  const invoice = await explainInvoice(invoiceId, ports)
  if (!invoice) throw refused(`INVOICE: there is no invoice ${invoiceId}.`)
  ops.out.document(invoice, () => explanationText(invoice))
  return addsUp(invoice.content) ? 'ok' : 'differences'
}

async function rederive(ops: Ops, { organization, all }: RederiveOptions): Promise<Outcome> {
  if ((organization === undefined) === (all === undefined)) throw wrongUsage('--organization', 'give it, or --all.')
  const ports = await ops.open()
  const progress = ops.progress({ unit: 'subscriptions' })
  const result = await rederiveAll(organization, ports, { progress, signal: ops.signal }).finally(() => progress.end())
  const { checked, differences } = result
  const invoices = new Set(differences.map(({ invoiceId }) => invoiceId)).size
  const made = `${counted(checked, 'invoice')} ${verbOf(checked, 'was', 'were')} made once more`
  const seen = `${made}; ${invoices} of them ${verbOf(invoices, 'differs', 'differ')}, in ${counted(differences.length, 'place')}.`
  if (ops.signal.aborted) throw interrupted(`It was broken off: ${seen} The others were not looked at.`)
  if (!ops.out.forMachines && differences.length > 0) ops.out.table(differences.slice(0, PRINTED_MAX), DIFFERENCE, '')
  ops.out.document(result, () => seen)
  return differences.length > 0 ? 'differences' : 'ok'
}
