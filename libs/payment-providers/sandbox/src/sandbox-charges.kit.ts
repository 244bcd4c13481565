import { derivedId } from '@billstream/kernel'
import type { SandboxCharge, SandboxCharges } from './sandbox-charges.port'

const organizationId = derivedId('kit', 'organization')

function chargeNamed(name: string, changes: Partial<SandboxCharge> = {}): SandboxCharge {
  return {
    idempotencyKey: derivedId('kit', 'charge', name),
    organizationId,
    amount: 999_999_999_999_999_999n,
    currency: 'USD',
    methodToken: 'pm_card_visa',
    metadata: { paymentId: 'p', note: 'Zürich 🏔' },
    providerPaymentId: `sandbox_${name}`,
    outcome: { kind: 'failed', providerPaymentId: `sandbox_${name}`, reason: 'fraud' },
    settlesAt: '2026-06-01T00:00:00.300Z',
    createdAt: '2026-06-01T00:00:00.000Z',
    ...changes,
  }
}

/** The contract of SandboxCharges as a suite that both adapters pass. */
export function sandboxChargesKit(name: string, open: () => SandboxCharges): void {
  describe(`the sandbox's charges ${name}`, () => {
    it('keep a charge whole', async () => {
      const charge = chargeNamed('whole')
      expect(await open().insertIfAbsent(charge)).toEqual({ charge, inserted: true })
      expect(await open().find(charge.idempotencyKey)).toEqual(charge)
    })

    it('keep the first of a key, also of many at once', async () => {
      const inserts = await Promise.all(
        [1n, 2n, 3n, 4n].map((amount) => open().insertIfAbsent(chargeNamed('race', { amount }))),
      )
      const winners = inserts.filter(({ inserted }) => inserted)
      expect(winners).toHaveLength(1)
      for (const { charge } of inserts) expect(charge).toEqual(winners[0]?.charge)
    })

    it('know nothing of another key', async () =>
      expect(await open().find(derivedId('kit', 'no charge'))).toBeUndefined())

    it('are listed per organization in the order made', async () => {
      const other = derivedId('kit', 'other organization')
      const later = chargeNamed('later', { organizationId: other, createdAt: '2026-06-02T00:00:00.000Z' })
      const earlier = chargeNamed('earlier', { organizationId: other })
      await open().insertIfAbsent(earlier)
      await open().insertIfAbsent(later)
      expect(await open().list(other, 10)).toEqual([earlier, later])
      expect(await open().list(other, 1)).toEqual([earlier])
    })
  })
}
