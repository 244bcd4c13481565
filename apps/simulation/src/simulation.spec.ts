import { runStory } from './composition/run-seed'
import { STANDARD_RATES } from './faults/fault-rates'
import { tellStory } from './story/tell-story'

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)
/** For one seed, in milliseconds; the machine may be shared. */
const PATIENCE_MS = 120_000

describe('the whole platform under faults', () => {
  it.each(SEEDS)(
    'keeps its invariants in seed %i',
    async (seed) => {
      const { invoices } = await runStory(tellStory(seed), { rates: STANDARD_RATES })
      expect(invoices).toBeDefined()
    },
    PATIENCE_MS,
  )

  it(
    'gives the same history for the same seed',
    async () => {
      const [first, second] = [
        await runStory(tellStory(7), { rates: STANDARD_RATES }),
        await runStory(tellStory(7), { rates: STANDARD_RATES }),
      ]
      expect(first.events).toBeGreaterThan(50)
      expect([second.historyHash, second.struck]).toEqual([first.historyHash, first.struck])
    },
    PATIENCE_MS,
  )
})
