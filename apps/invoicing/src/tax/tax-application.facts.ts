import { customerProjection } from '@billstream/accounts-read-model'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type { Gather } from '@billstream/event-sourcing-runtime'
import type { TaxApplication } from '@billstream/invoicing-contracts'
import type { TaxApplicationFacts } from '@billstream/invoicing-domain'
import { taxProjection } from '@billstream/invoicing-read-model'
import { ok } from '@billstream/kernel'

export const gatherForTaxApplication: Gather = async (command, facts) => {
  const { taxId, taxableType, taxableId } = (command as CommandOf<typeof TaxApplication.Define>).data.fields
  const [tax, customer] = await Promise.all([
    facts.get(taxProjection, taxId),
    taxableType === 'customer' ? facts.get(customerProjection, taxableId) : undefined,
  ])
  return ok<TaxApplicationFacts>({ taxExists: tax !== undefined, customerExists: customer?.status === 'active' })
}
