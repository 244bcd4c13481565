import * as fc from 'fast-check'
import type { IngestEvent } from '@billstream/usage-contracts'
import { splitUsage } from './split-usage'

const eventOf = (properties: string): IngestEvent => ({
  transactionId: 't',
  externalCustomerId: 'c',
  externalSubscriptionId: '',
  code: 'calls',
  timestamp: '2026-06-01T00:00:00.000Z',
  properties,
  createdAt: '2026-06-01T00:00:00.000Z',
})

describe('usage that is too much for one message', () => {
  it('is split in order, with every part within the bound', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 50 }), (texts) => {
        const events = texts.map(eventOf)
        const parts = splitUsage(events, 1_500)
        expect(parts.flat()).toEqual(events)
        for (const part of parts) {
          const bytes = part.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0)
          expect(part.length === 1 || bytes <= 1_500).toBe(true)
        }
      }),
    ))

  it('stays whole where it fits', () => expect(splitUsage([eventOf('{}'), eventOf('{}')])).toHaveLength(1))
})
