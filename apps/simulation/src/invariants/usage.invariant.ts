import type { Ledger } from '../client/ledger'
import type { Invariant } from './observed-world'

const EVENTS_MAX = 100_000

/** What was acknowledged is kept once, as it was first acknowledged, and nothing else is. */
export const usageIsKeptOnce: Invariant = {
  name: 'usage is kept once',
  async check({ ports, cast, ledger }) {
    const { events } = await ports.usageLog.list(cast.organizationId, { skip: 0, limit: EVENTS_MAX })
    const kept = events.map(contentOf).sort()
    const acknowledged = [...ledger.usage.values()].map(contentOf).sort()
    const missing = acknowledged.filter((event) => !kept.includes(event))
    const strange = kept.filter((event, index) => !acknowledged.includes(event) || kept[index + 1] === event)
    return [...missing.map((event) => `lost: ${event}`), ...strange.map((event) => `never acknowledged so: ${event}`)]
  },
}

type Content = Parameters<Ledger['usage']['set']>[1]

function contentOf(event: Omit<Content, 'createdAt'>): string {
  const { transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties } = event
  return [transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties].join(' ')
}
