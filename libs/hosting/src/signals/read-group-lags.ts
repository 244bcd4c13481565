import type { GroupLags } from '@billstream/messaging-kafka'
import type { ReadGauges } from '@billstream/platform'
import { consumerLags } from './lags'

/** Lags of the services behind their topics. */
export function readGroupLags(groups: GroupLags): ReadGauges {
  return async () => {
    const lags = await groups.read()
    return consumerLags(lags.map(({ context, ...lag }) => ({ name: `feed:${context}`, ...lag })))
  }
}
