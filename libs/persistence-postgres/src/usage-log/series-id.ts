import { hash } from 'node:crypto'

/** A meter: what one customer's events of one metric, bound to a subscription or to none (''), are added up under. */
export interface Series {
  readonly externalCustomerId: string
  readonly externalSubscriptionId: string
  readonly code: string
}

/** The meter's id: a hash of what it is, so that every process finds it without asking. */
export function seriesIdOf(organizationId: string, series: Series): string {
  const { externalCustomerId, externalSubscriptionId, code } = series
  const content = JSON.stringify([organizationId, externalCustomerId, externalSubscriptionId, code])
  const hex = hash('sha256', content, 'hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

/** The SQL of a distinct value's digest. 128 bits of SHA-256: no two values of a tenant are taken for one. */
export function digestSql(distinctValue: string): string {
  return `encode(substring(sha256(convert_to(${distinctValue}, 'UTF8')) for 16), 'hex')::uuid`
}
