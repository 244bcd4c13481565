import type { DeadLetter, DeadLetters } from '../ports/dead-letters.port'
import { at } from './kit-instants'

function letter(id: string, key: string, given: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id,
    consumer: 'invoicing',
    key,
    message: { id, text: '\0 💳' },
    error: 'It failed.',
    tries: 5,
    at: at(0),
    ...given,
  }
}

/** What every adapter of DeadLetters must do. `make` gives an empty one. */
export function deadLettersConformance(name: string, make: () => Promise<DeadLetters>): void {
  describe(`dead letters: ${name}`, () => {
    let letters: DeadLetters
    const ids = async (found: Promise<DeadLetter[]>) => (await found).map(({ id }) => id)
    beforeEach(async () => {
      letters = await make()
    })

    it('keeps a message as it is', async () => {
      await letters.add(letter('1', 'invoice-a'))
      expect(await letters.list({ limit: 10 })).toEqual([letter('1', 'invoice-a')])
    })

    it('keeps a known id as it was', async () => {
      await letters.add(letter('1', 'invoice-a'))
      await letters.add(letter('1', 'invoice-b', { tries: 9 }))
      expect(await letters.list({ limit: 10 })).toEqual([letter('1', 'invoice-a')])
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

    it('blocks a key for its consumer until its last letter is removed', async () => {
      await letters.add(letter('1', 'invoice-a'))
      await letters.add(letter('2', 'invoice-a'))
      const blocked = () => letters.blockedKeys('invoicing', ['invoice-a', 'invoice-b'])
      expect(await blocked()).toEqual(new Set(['invoice-a']))
      expect(await letters.blockedKeys('webhooks', ['invoice-a'])).toEqual(new Set())
      await letters.remove(['1', 'unknown'])
      expect(await blocked()).toEqual(new Set(['invoice-a']))
      await letters.remove(['2'])
      expect(await blocked()).toEqual(new Set())
    })
  })
}
