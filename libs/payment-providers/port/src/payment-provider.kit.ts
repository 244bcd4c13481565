import { derivedId } from '@billstream/kernel'
import {
  DECLINE_REASONS,
  type ChargeRequest,
  type PaymentProvider,
  type RawNotification,
} from './payment-provider.port'

/** What the kit needs of an adapter under test. */
export interface ProviderUnderTest {
  readonly provider: PaymentProvider
  /** A token whose charge succeeds at once, one that is declined, one whose charge succeeds later. */
  readonly tokens: { readonly success: string; readonly decline: string; readonly later: string }
  /** Lets so much time pass that a charge in process has its outcome. */
  settle(): Promise<void>
  /** A notification that is properly signed, and when it is signed so long ago. */
  notification(): Promise<RawNotification>
  oldNotification(): Promise<RawNotification>
  /** How many charges took money. */
  chargesTaken(): Promise<number>
}

/** The contract of PaymentProvider as a suite that every adapter passes. */
export function paymentProviderKit(name: string, start: () => Promise<ProviderUnderTest>): void {
  describe(`the payment provider ${name}`, () => {
    let test: ProviderUnderTest
    beforeEach(async () => {
      test = await start()
    })

    it('knows its tokens and no others', () => {
      for (const token of Object.values(test.tokens)) expect(test.provider.isKnownToken(token)).toBe(true)
      expect(test.provider.isKnownToken('not-a-token')).toBe(false)
    })

    it('charges once per key, however often it is told, also at once', async () => {
      const request = requestOf(test.tokens.success, 'once')
      const answers = await Promise.all([1, 2, 3].map(() => test.provider.charge(request)))
      answers.push(await test.provider.charge(request))
      expect(answers[0]).toMatchObject({ kind: 'succeeded' })
      for (const answer of answers) expect(answer).toEqual(answers[0])
      expect(await test.chargesTaken()).toBe(1)
    })

    it('charges twice under two keys', async () => {
      await test.provider.charge(requestOf(test.tokens.success, 'first'))
      await test.provider.charge(requestOf(test.tokens.success, 'second'))
      expect(await test.chargesTaken()).toBe(2)
    })

    it('answers a decline with its reason, and takes nothing', async () => {
      const answer = await test.provider.charge(requestOf(test.tokens.decline, 'declined'))
      expect(answer.kind).toBe('failed')
      expect(DECLINE_REASONS).toContain(answer.kind === 'failed' && answer.reason)
      expect(await test.chargesTaken()).toBe(0)
    })

    it('finds by the key what it answered, and nothing under another key', async () => {
      const request = requestOf(test.tokens.success, 'find')
      const answer = await test.provider.charge(request)
      expect(await test.provider.find(request.idempotencyKey)).toEqual(answer)
      expect(await test.provider.find(derivedId('kit', 'never used'))).toBeUndefined()
    })

    it('says that it works on a charge, and later what became of it', async () => {
      const request = requestOf(test.tokens.later, 'later')
      const answer = await test.provider.charge(request)
      expect(answer.kind).toBe('processing')
      await test.settle()
      expect(await test.provider.find(request.idempotencyKey)).toMatchObject({ kind: 'succeeded' })
      expect(await test.provider.charge(request)).toMatchObject({ kind: 'succeeded' })
      expect(await test.chargesTaken()).toBe(1)
    })

    it('believes only notifications that are signed, whole and fresh', async () => {
      const raw = await test.notification()
      expect(test.provider.readNotification(raw)).toMatchObject({ ok: true })
      const forged = { ...raw, body: `${raw.body} ` }
      expect(test.provider.readNotification(forged)).toMatchObject({ ok: false, error: { code: 'signature_invalid' } })
      const unsigned = { ...raw, headers: {} }
      expect(test.provider.readNotification(unsigned)).toMatchObject({
        ok: false,
        error: { code: 'signature_invalid' },
      })
      const old = await test.oldNotification()
      expect(test.provider.readNotification(old)).toMatchObject({ ok: false, error: { code: 'notification_too_old' } })
    })
  })
}

function requestOf(methodToken: string, name: string): ChargeRequest {
  return {
    idempotencyKey: derivedId('kit', name),
    organizationId: derivedId('kit', 'organization'),
    amount: 9090n,
    currency: 'USD',
    methodToken,
    customerPresent: false,
    metadata: { paymentId: derivedId('kit', 'payment', name), attempt: '1' },
  }
}
