import type { FactReader } from '@billstream/event-sourcing-runtime'
import type { ChargeToPrice } from '@billstream/invoicing-domain'
import type { ChargeModel } from '@billstream/rating'
import { planVersionId, planVersionProjection } from '@billstream/subscriptions-read-model'

/** The charges of a plan version, in plan order. Throws on a version that was never there: a boundary names its own. */
export async function chargesOf(
  { planId, planVersion }: { readonly planId: string; readonly planVersion: number },
  facts: FactReader,
): Promise<ChargeToPrice[]> {
  const row = await facts.get(planVersionProjection, planVersionId(planId, planVersion))
  if (!row) throw new Error(`Version ${planVersion} of plan ${planId} is in no view.`)
  return row.charges.map(({ chargeId, metricCode, metricName, chargeModel, properties, model }) => ({
    chargeId,
    metricCode,
    metricName,
    chargeModel,
    properties,
    // Written by rating's parser when the plan was.
    model: model as unknown as ChargeModel,
  }))
}
