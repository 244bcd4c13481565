import type { Command } from 'commander'
import { counted } from '../console/counted'
import { interrupted, type Outcome } from '../console/outcome'
import { toJson } from '../console/output'
import { commandGroup, id, subcommand } from '../console/subcommand'
import type { Ops } from '../ops'
import { eraseCustomer, type Erased } from './erase-customer'
import { heldOf } from './export-customer'

/** `ops customers ...`: a person forgotten, a person's data handed over. */
export function registerCustomersCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'customers', 'a person forgotten, a person’s data handed over')
  subcommand(group, 'erase', {
    description: 'Forgets the person: removes the key under which events are encrypted, and clears what was derived.',
    example: 'customers erase 0197a3c2-5a10-7000-8000-0123456789ab',
  })
    .argument('<customer>', 'id of the customer', id)
    .action(ops.does((customer: string) => erase(ops, customer)))
  subcommand(group, 'export', {
    description: 'Prints everything that is held of the person, one JSON object a line: {"kind", "data"}.',
    example: 'customers export 0197a3c2-5a10-7000-8000-0123456789ab > person.jsonl',
  })
    .argument('<customer>', 'id of the customer', id)
    .action(ops.does((customer: string) => exportCustomer(ops, customer)))
}

async function erase(ops: Ops, customerId: string): Promise<undefined> {
  const erased = await eraseCustomer(customerId, ops)
  ops.out.document(erased, () => erasedText(erased))
}

function erasedText({ erasedNow }: Erased): string {
  if (!erasedNow) return 'The person was forgotten already: the key is gone, and the views are empty.'
  return [
    'The person is forgotten:',
    '  the key is gone: what every stream holds of the person cannot be read any more',
    '  the views are cleared: name, e-mail, metadata and the details of payment methods are empty',
    '  kept answers and webhook bodies about the customer are cleared by the services within seconds',
    '  an issued invoice keeps its own copy of the buyer for the legal term, under a key of its own',
  ].join('\n')
}

async function exportCustomer(ops: Ops, customerId: string): Promise<Outcome> {
  const progress = ops.progress({ unit: 'records' })
  try {
    let printed = 0
    for await (const record of heldOf(customerId, await ops.open())) {
      if (ops.signal.aborted)
        throw interrupted(`It was broken off behind ${counted(printed, 'record')}: there are more.`)
      ops.out.line(record, toJson(record))
      progress.advance(1)
      printed += 1
    }
    return 'ok'
  } finally {
    progress.end()
  }
}
