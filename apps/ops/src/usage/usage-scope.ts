import { organizationView } from '@billstream/accounts-read-model'
import { billableMetricView } from '@billstream/usage-read-model'
import { wrongUsage } from '../console/outcome'
import type { OpsPorts } from '../ops'

/** Metrics of one organization that are looked at. */
const METRICS_MAX = 10_000

/** Throws CommandEnded naming `--organization` where there is none with the id. */
export async function assertOrganization({ viewsAnywhere }: OpsPorts, organizationId: string): Promise<void> {
  if (await viewsAnywhere.getAnywhere(organizationView, organizationId)) return
  throw wrongUsage('--organization', `There is no organization ${organizationId}.`)
}

/** The codes of the organization's active metrics. */
export async function metricCodes({ views }: OpsPorts, organizationId: string): Promise<ReadonlySet<string>> {
  const metrics = await views.find(billableMetricView, organizationId, {
    where: { status: 'active' },
    limit: METRICS_MAX,
  })
  return new Set(metrics.map(({ code }) => code))
}

/** Throws CommandEnded naming the option where none of the metrics has the code. */
export function assertMetric(option: string, code: string, codes: ReadonlySet<string>): void {
  if (codes.has(code)) return
  throw wrongUsage(option, `there is no metric ${code}; there are: ${[...codes].join(', ') || 'none'}.`)
}
