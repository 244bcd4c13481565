import { createLog } from './structured-log'

const API_KEY = `bxb_live_${'a1'.repeat(32)}`
const HMAC_KEY = 'c3'.repeat(32)
const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const CARD = '4242424242424242'
const CARD_IN_GROUPS = '5555-5555 5555-4444'
const SECRETS = [API_KEY, HMAC_KEY, WEBHOOK_SECRET, CARD, CARD_IN_GROUPS, '987', 'pass-of-the-database']

/** A log that keeps its lines. */
function keptLog(level = 'info') {
  const lines: string[] = []
  return { log: createLog(level, { write: (line: string) => void lines.push(line) }), lines }
}

describe('a structured log', () => {
  it('is one JSON object a line', () => {
    const { log, lines } = keptLog()
    log.info({ organizationId: 'acme', nested: { list: [1, null, true] } }, 'command')
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 30,
      msg: 'command',
      organizationId: 'acme',
      nested: { list: [1, null, true] },
    })
  })

  it('of a whole request shows no key, no card and no secret', () => {
    const { log, lines } = keptLog()
    const request = {
      headers: { authorization: `Bearer ${API_KEY}`, 'x-admin-secret': HMAC_KEY, cookie: HMAC_KEY, Accept: '*/*' },
      url: `/v1/plans/?api_key=${API_KEY}`,
      body: {
        organization: { settings: [{ hmac_key: HMAC_KEY, hmacKeys: [HMAC_KEY] }], rawKey: API_KEY },
        card: { cardNumber: CARD, cvc: '987', holder: 'Ada' },
        note: `my card is ${CARD_IN_GROUPS}, thanks`,
        endpoint: { secret: WEBHOOK_SECRET, text: `signed with ${WEBHOOK_SECRET}` },
      },
    }
    log.info({ request }, 'request')
    log.warn(
      { err: new Error(`no answer for ${API_KEY} of ${CARD}`), request: JSON.stringify(request.headers) },
      'failed',
    )
    log.error({ url: 'postgresql://owner:pass-of-the-database@db:5432/billing' }, 'away')
    for (const secret of SECRETS) expect(lines.join('')).not.toContain(secret)
    expect(lines.join('')).toContain('[secret]')
  })

  it('keeps what only looks a little like a secret', () => {
    const { log, lines } = keptLog()
    const kept = {
      correlationId: '0197a3b2-7c11-7f00-8123-4567890abcde',
      position: '1234567890123',
      key: 'invoice-0197a3b2-7c11-7f00-8123-4567890abcde',
      at: '2026-06-01T00:00:00.000Z',
      company: 'Pan Am',
    }
    log.info(kept, 'kept')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject(kept)
  })

  it('tells an error with its name, message and stack', () => {
    const { log, lines } = keptLog()
    log.error({ err: new TypeError('a bug') }, 'failed')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { type: 'TypeError', message: 'a bug', stack: expect.stringContaining('structured-log.spec') as string },
    })
  })

  it('ends with what goes too deep or round in circles', () => {
    const { log, lines } = keptLog()
    const circle: Record<string, unknown> = { name: 'round' }
    circle['self'] = circle
    log.info({ circle }, 'round')
    expect(lines[0]).toContain('[deep]')
  })
})
