import { ok, refuse, type Result } from '@billstream/kernel'
import ipaddr from 'ipaddr.js'

/** Which addresses besides public ones webhooks may go to. */
export interface WebhookTargets {
  readonly allowPrivate: boolean
  readonly allowLoopback: boolean
}

const WEBHOOK_URL_LENGTH_MAX = 2_048

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]
const PRIVATE_RANGES: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat'])

/**
 * Whether a URL may be called, as far as its text says; a name is checked again by the address it resolves to when it is
 * called. Refusals at `url`: `url_invalid` (not http or https, with credentials, too long), `url_not_allowed` (a private or
 * local host). Source: architecture.md, section 9; rules/boxbilling.md, section 16.
 */
export function checkWebhookUrl(text: string, targets: WebhookTargets): Result<URL, 'url_invalid' | 'url_not_allowed'> {
  const url = text.length <= WEBHOOK_URL_LENGTH_MAX ? parseUrl(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return refuse(
      'url_invalid',
      `url must be an http or https URL of at most ${WEBHOOK_URL_LENGTH_MAX} characters.`,
      'url',
    )
  }
  if (url.username !== '' || url.password !== '') {
    return refuse('url_invalid', 'url must not contain credentials.', 'url')
  }
  if (!isAllowedHost(url.hostname, targets)) {
    return refuse('url_not_allowed', 'url must not point to a private or local network.', 'url')
  }
  return ok(url)
}

/** Whether a connection to this IP address may be made. An address that cannot be read may not. */
export function isAllowedAddress(address: string, targets: WebhookTargets): boolean {
  if (!ipaddr.isValid(address)) return false
  const ip = ipaddr.process(address)
  const range = ip.range()
  if (range === 'unicast') return !isIPv6(ip) || ip.match(GLOBAL_UNICAST)
  if (range === 'loopback') return targets.allowLoopback || targets.allowPrivate
  // What is left (link-local with its metadata services, multicast, tunnels that hide an IPv4 address) is nobody's receiver.
  return targets.allowPrivate && PRIVATE_RANGES.has(range)
}

function isAllowedHost(hostname: string, targets: WebhookTargets): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (ipaddr.isValid(host)) return isAllowedAddress(host, targets)
  if (host === 'localhost' || host.endsWith('.localhost')) return targets.allowLoopback || targets.allowPrivate
  return true
}

function isIPv6(ip: ipaddr.IPv4 | ipaddr.IPv6): ip is ipaddr.IPv6 {
  return ip.kind() === 'ipv6'
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
