import { HALTED_CONTEXTS, type BillingHalt, type BillingHalts } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import { storableText } from '../stored-text'

/** Not of an organization whose billing is halted. organization: SQL that gives its id. */
export function notHalted(organization: string): string {
  return `not exists (select from runtime.billing_halts halt where halt.organization_id = ${organization})`
}

/** Of the outbox: what goes to no billing context goes on. */
export function notHaltedCommand(row: string): string {
  const contexts = HALTED_CONTEXTS.map((context) => `'${context}'`).join(', ')
  return `(${row}.context not in (${contexts}) or ${notHalted(`${row}.metadata ->> 'organizationId'`)})`
}

/** Halts as rows; the statements that hand out timers, commands and work look for them. */
export class PostgresBillingHalts implements BillingHalts {
  constructor(private readonly worker: Queries) {}

  async halt({ organizationId, reason, by, at }: BillingHalt): Promise<void> {
    await this.worker.execute({
      text: `insert into runtime.billing_halts (organization_id, reason, halted_by, at) values ($1, $2, $3, $4)
             on conflict (organization_id) do nothing`,
      values: [organizationId, storableText(reason), by, at],
    })
  }

  async resume(organizationId: string): Promise<void> {
    const text = 'delete from runtime.billing_halts where organization_id = $1'
    await this.worker.execute({ text, values: [organizationId] })
  }

  all(): Promise<BillingHalt[]> {
    return this.worker.query<BillingHalt>({
      text: `select organization_id as "organizationId", reason, halted_by as by, at
               from runtime.billing_halts order by at, organization_id`,
    })
  }
}
