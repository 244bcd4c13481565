import { checkWebhookUrl, isAllowedAddress } from './webhook-target'

const PUBLIC_ONLY = { allowPrivate: false, allowLoopback: false }
const LOOPBACK = { allowPrivate: false, allowLoopback: true }
const PRIVATE = { allowPrivate: true, allowLoopback: false }

const PUBLIC_HOSTS = ['example.com', '93.184.216.34', '[2606:2800:220:1::1]', 'bücher.example', 'example.com.']
const LOOPBACK_HOSTS = [
  '127.0.0.1',
  '127.9.9.9',
  '[::1]',
  'localhost',
  'LOCALHOST',
  'a.localhost',
  'localhost.',
  '[::ffff:127.0.0.1]',
  '2130706433',
  '0x7f.1',
]
const PRIVATE_HOSTS = [
  '10.0.0.1',
  '192.168.1.1',
  '172.16.0.1',
  '100.64.0.1',
  '[fd00::1]',
  '[::ffff:10.0.0.1]',
  '012.0.0.1',
]
const NOBODYS_HOSTS = [
  '0.0.0.0',
  '[::]',
  '169.254.169.254',
  '[fe80::1]',
  '224.0.0.1',
  '255.255.255.255',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[::7f00:1]',
  '[ff02::1]',
  '240.0.0.1',
]

const allowed = (host: string, targets: typeof PUBLIC_ONLY) => checkWebhookUrl(`http://${host}:8080/hook`, targets).ok

describe('a URL of a webhook endpoint', () => {
  it.each(PUBLIC_HOSTS)('may be public: %s', (host) => {
    for (const targets of [PUBLIC_ONLY, LOOPBACK, PRIVATE]) expect(allowed(host, targets)).toBe(true)
  })

  it.each(LOOPBACK_HOSTS)('may be this machine only where that is allowed: %s', (host) => {
    expect(allowed(host, PUBLIC_ONLY)).toBe(false)
    expect(allowed(host, LOOPBACK)).toBe(true)
    expect(allowed(host, PRIVATE)).toBe(true)
  })

  it.each(PRIVATE_HOSTS)('may be private only where that is allowed: %s', (host) => {
    expect(allowed(host, PUBLIC_ONLY)).toBe(false)
    expect(allowed(host, LOOPBACK)).toBe(false)
    expect(allowed(host, PRIVATE)).toBe(true)
  })

  it.each(NOBODYS_HOSTS)('is never %s', (host) => {
    for (const targets of [PUBLIC_ONLY, LOOPBACK, PRIVATE]) expect(allowed(host, targets)).toBe(false)
  })

  it.each([
    '',
    'example.com',
    'ftp://example.com',
    'file:///etc/passwd',
    'http://',
    'http://a b',
    'javascript:alert(1)',
    `http://example.com/${'x'.repeat(2_048)}`,
  ])('is http or https, and not too long: %s', (text) =>
    expect(checkWebhookUrl(text, PRIVATE)).toMatchObject({ ok: false, error: { code: 'url_invalid', field: 'url' } }),
  )

  it.each(['http://user@example.com', 'https://user:secret@example.com/x', 'https://:secret@example.com'])(
    'has no credentials: %s',
    (text) => expect(checkWebhookUrl(text, PRIVATE)).toMatchObject({ ok: false, error: { code: 'url_invalid' } }),
  )

  it('says why it is refused', () =>
    expect(checkWebhookUrl('http://10.0.0.1', PUBLIC_ONLY)).toMatchObject({
      ok: false,
      error: { code: 'url_not_allowed', field: 'url' },
    }))
})

describe('a resolved address', () => {
  it('is judged like a host', () => {
    expect(isAllowedAddress('93.184.216.34', PUBLIC_ONLY)).toBe(true)
    expect(isAllowedAddress('127.0.0.1', PUBLIC_ONLY)).toBe(false)
    expect(isAllowedAddress('::1', LOOPBACK)).toBe(true)
  })

  it('that cannot be read is refused', () => expect(isAllowedAddress('nowhere', PRIVATE)).toBe(false))
})
