import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { systemClock } from '@billstream/platform'
import { webhookHeaders } from './webhook-signatures'

const webhook = { id: '00000000-0000-4000-8000-000000000001', body: '{"name":"Zürich 🏔"}' }
const encoded = `whsec_${Buffer.from('a key of some bytes ÿ').toString('base64')}`
const now = systemClock.now()
const signedBy = (...keys: [string, ...string[]]) => webhookHeaders(webhook, { current: keys[0], all: keys }, now)

describe('an attempt', () => {
  it.each([encoded, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])(
    'signed with %s is verified by Standard Webhooks',
    (key) => expect(new Webhook(key).verify(webhook.body, signedBy(key))).toEqual({ name: 'Zürich 🏔' }),
  )

  it('signed with a key that is no base64 is verified by its bytes', () => {
    const verifier = new Webhook(Buffer.from('plain text kéy'), { format: 'raw' })
    expect(verifier.verify(webhook.body, signedBy('plain text kéy'))).toEqual({ name: 'Zürich 🏔' })
  })

  it('is verified by both keys while the old one signs along', () => {
    const headers = signedBy(encoded, 'old key of text')
    expect(new Webhook(encoded).verify(webhook.body, headers)).toBeDefined()
    expect(new Webhook(Buffer.from('old key of text'), { format: 'raw' }).verify(webhook.body, headers)).toBeDefined()
  })

  it('is not verified with other bytes', () =>
    expect(() => new Webhook(encoded).verify(`${webhook.body} `, signedBy(encoded))).toThrow())

  it('has the headers of BoxBilling, by the present key as text', () =>
    expect(signedBy(encoded, 'old')).toMatchObject({
      'X-Bxb-Signature': createHmac('sha256', encoded).update(webhook.body).digest('hex'),
      'X-Bxb-Signature-Algorithm': 'hmac',
      'X-Bxb-Webhook-Id': webhook.id,
      'webhook-id': webhook.id,
    }))
})
