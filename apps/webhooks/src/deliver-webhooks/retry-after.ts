import { epochMillis, type Instant } from '@billstream/kernel'

/** Seconds that a receiver asks to wait, from `Retry-After` in seconds or as an HTTP date; null: none, or unreadable. Source: RFC 9110, section 10.2.3. */
export function retryAfterSeconds(header: string | undefined, now: Instant): number | null {
  if (header === undefined) return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const date = Date.parse(text)
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - epochMillis(now)) / 1_000))
}
