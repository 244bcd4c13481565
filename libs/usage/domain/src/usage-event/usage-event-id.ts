import { epochMillis, type Instant, type Uuid } from '@billstream/kernel'

/**
 * A UUID v7 whose time is that of creation and whose chance is the content's hash: ids sort as events came, and a request that
 * comes again makes the same ones. contentHash: 64 hex digits.
 */
export function usageEventId(createdAt: Instant, contentHash: string): Uuid {
  const time = epochMillis(createdAt).toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(contentHash.slice(3, 4), 16) & 3) | 8).toString(16)
  const groups = [
    time.slice(0, 8),
    time.slice(8),
    `7${contentHash.slice(0, 3)}`,
    `${variant}${contentHash.slice(4, 7)}`,
    contentHash.slice(7, 19),
  ]
  return groups.join('-')
}
