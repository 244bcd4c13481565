import { derivedId } from '@billstream/kernel'
import type { OutboxRow, ProcessCommit, ProcessStore } from '../ports/processes.port'
import { at } from './kit-instants'

export type Given = () => ProcessStore

export const process = 'draft-invoice-when-period-measured'
export const event = (name: string) => derivedId('event', name)

export function row(name: string, given: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: derivedId('command', name),
    process,
    target: 'invoice-1',
    context: 'invoicing',
    type: 'DraftInvoice',
    data: { name, text: '\0 💳', amount: '900719925474099312' },
    metadata: {
      commandId: derivedId('command', name),
      organizationId: derivedId('organization'),
      actor: { type: 'process', id: process },
      correlationId: derivedId('correlation'),
      causationId: event(name),
      now: at(0),
    },
    refusals: { invoice_exists: 'ignore' },
    tries: 0,
    ...given,
  }
}

export function commit(given: Partial<ProcessCommit> = {}): ProcessCommit {
  return { process, owner: 'invoicing', inbox: [], states: [], commands: [], ...given }
}

export const namesOf = (rows: readonly OutboxRow[]) => rows.map(({ data }) => (data as { name: string }).name)
export const pending = async (store: ProcessStore, seconds = 0, limit = 100) =>
  namesOf(await store.pending('invoicing', limit, at(seconds)))
