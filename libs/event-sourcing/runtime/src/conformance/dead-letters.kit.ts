import type { DeadLetter, DeadLetters, KeptLetter, LetterEnd } from '../ports/dead-letters.port'
import { at } from './kit-instants'

function letter(id: string, key: string, given: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id,
    consumer: 'invoicing',
    key,
    event: { id: `event-${id}`, type: 'InvoicePaid', stream: key, revision: 7, position: '9007199254740993' },
    error: 'It failed.',
    tries: 5,
    at: at(0),
    ...given,
  }
}

const kept = (given: DeadLetter): KeptLetter => ({ ...given, waits: given.tries === 0 })
const dropped: LetterEnd = { outcome: 'dropped', by: 'ann', reason: 'It names a plan that never was.', at: at(9) }
const handled: LetterEnd = { outcome: 'handled', by: 'invoicing', reason: '', at: at(9) }

/** What every adapter of DeadLetters must do. `make` gives an empty one. */
export function deadLettersConformance(name: string, make: () => Promise<DeadLetters>): void {
  describe(`dead letters: ${name}`, () => {
    let letters: DeadLetters
    const ids = async (found: Promise<readonly DeadLetter[]>) => (await found).map(({ id }) => id)
    beforeEach(async () => {
      letters = await make()
    })

    it('keeps which event it is about', async () => {
      await letters.add(letter('1', 'invoice-a'))
      expect(await letters.list({ limit: 10 })).toEqual([kept(letter('1', 'invoice-a'))])
    })

    it('keeps a known id as it was', async () => {
      await letters.add(letter('1', 'invoice-a'))
      await letters.add(letter('1', 'invoice-b', { tries: 9 }))
      expect(await letters.list({ limit: 10 })).toEqual([kept(letter('1', 'invoice-a'))])
    })

    it('keeps the letters of a key in the order added', async () => {
      await letters.add(letter('9', 'invoice-a', { at: at(5) }))
      await letters.add(letter('2', 'invoice-b'))
      await letters.add(letter('1', 'invoice-a'))
      await letters.add(letter('4', 'invoice-a', { consumer: 'webhooks' }))
      expect(await ids(letters.ofKey('invoicing', 'invoice-a'))).toEqual(['9', '1'])
      expect(await ids(letters.list({ limit: 10 }))).toEqual(['9', '2', '1', '4'])
      expect(await ids(letters.list({ consumer: 'invoicing', limit: 2 }))).toEqual(['9', '2'])
    })

    it('counts those about events of a correlation, until they have left', async () => {
      const { event } = letter('1', 'invoice-a')
      const of = (correlationId: string) => ({ event: { ...event, correlationId } })
      await letters.add(letter('1', 'invoice-a', of('correlation-1')))
      await letters.add(letter('2', 'invoice-b', { ...of('correlation-1'), consumer: 'webhooks', tries: 0 }))
      await letters.add(letter('3', 'invoice-a', of('correlation-2')))
      await letters.add(letter('4', 'invoice-a'))
      expect(await letters.pendingOf('correlation-1')).toBe(2)
      await letters.end(['1'], handled)
      expect(await letters.pendingOf('correlation-1')).toBe(1)
      await letters.end(['2'], dropped)
      expect(await letters.pendingOf('correlation-1')).toBe(0)
      expect(await letters.pendingOf('correlation-2')).toBe(1)
    })

    it('gives a letter by its id', async () => {
      await letters.add(letter('1', 'invoice-a'))
      expect(await letters.get('1')).toEqual(kept(letter('1', 'invoice-a')))
      expect(await letters.get('2')).toBeUndefined()
    })

    it('lets what only waited go on, one of each key, once those before it are gone', async () => {
      const takeable = (...consumers: string[]) => ids(letters.takeable(consumers, 10))
      await letters.add(letter('1', 'invoice-a'))
      await letters.add(letter('2', 'invoice-a', { tries: 0 }))
      await letters.add(letter('3', 'invoice-a', { tries: 0 }))
      await letters.add(letter('4', 'invoice-b', { tries: 0, consumer: 'webhooks' }))
      expect(await takeable('invoicing')).toEqual([])
      expect(await takeable('invoicing', 'webhooks')).toEqual(['4'])
      await letters.end(['1'], dropped)
      expect(await takeable('invoicing')).toEqual(['2'])
      await letters.end(['2'], handled)
      expect(await takeable('invoicing', 'webhooks')).toEqual(['3', '4'])
      expect(await ids(letters.takeable(['invoicing', 'webhooks'], 1))).toEqual(['3'])
    })

    it('gives a letter that has failed another turn when it is told to', async () => {
      await letters.add(letter('1', 'invoice-a'))
      expect(await letters.retry(['1', 'unknown'])).toBe(1)
      expect(await letters.retry(['1'])).toBe(0)
      expect(await ids(letters.takeable(['invoicing'], 10))).toEqual(['1'])
      await letters.failedAgain('1', { error: 'Again.', tries: 5 })
      expect(await letters.takeable(['invoicing'], 10)).toEqual([])
      expect(await letters.get('1')).toEqual({ ...letter('1', 'invoice-a'), error: 'Again.', tries: 10, waits: false })
    })

    it('lets nothing leave in silence', async () => {
      await letters.add(letter('1', 'invoice-a'))
      await letters.add(letter('2', 'invoice-a'))
      expect(await letters.end(['1', '3'], dropped)).toBe(1)
      expect(await letters.end(['1', '2'], handled)).toBe(1)
      expect(await letters.ended({ limit: 10 })).toEqual([
        { ...letter('2', 'invoice-a'), end: handled },
        { ...letter('1', 'invoice-a'), end: dropped },
      ])
      expect(await ids(letters.ended({ limit: 1 }))).toEqual(['2'])
      expect(await ids(letters.ended({ consumer: 'nobody', limit: 10 }))).toEqual([])
      expect(await ids(letters.ended({ consumer: letter('1', 'invoice-a').consumer, limit: 1 }))).toEqual(['2'])
    })

    it('does not take back what has left', async () => {
      await letters.add(letter('1', 'invoice-a'))
      await letters.end(['1'], dropped)
      await letters.add(letter('1', 'invoice-a'))
      expect(await letters.list({ limit: 10 })).toEqual([])
    })

    it('blocks a key for its consumer until its last letter is removed', async () => {
      await letters.add(letter('1', 'invoice-a'))
      await letters.add(letter('2', 'invoice-a'))
      const blocked = () => letters.blockedKeys('invoicing', ['invoice-a', 'invoice-b'])
      expect(await blocked()).toEqual(new Set(['invoice-a']))
      expect(await letters.blockedKeys('webhooks', ['invoice-a'])).toEqual(new Set())
      await letters.end(['1', 'unknown'], handled)
      expect(await blocked()).toEqual(new Set(['invoice-a']))
      await letters.end(['2'], handled)
      expect(await blocked()).toEqual(new Set())
    })
  })
}
