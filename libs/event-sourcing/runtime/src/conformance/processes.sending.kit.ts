import { derivedId } from '@billstream/kernel'
import { commit, event, namesOf, pending, process, row, type Given } from './processes.kit-support'
import { at } from './kit-instants'

export function sending(given: Given): void {
  describe('what waits to be sent', () => {
    const target = (name: string, to: string) => row(name, { target: to })

    it('is given oldest first, to its owner, with a bound', async () => {
      await given().commit(commit({ inbox: [event('1')], commands: [row('c'), row('a')] }))
      await given().commit(commit({ owner: 'usage', inbox: [event('2')], commands: [row('x')] }))
      await given().commit(commit({ inbox: [event('3')], commands: [row('b')] }))
      expect(await pending(given())).toEqual(['c', 'a', 'b'])
      expect(await pending(given(), 0, 2)).toEqual(['c', 'a'])
      expect(namesOf(await given().pending('usage', 10, at(0)))).toEqual(['x'])
    })

    it('waits behind an older one of its target that waits for its time', async () => {
      const later = target('b', 'invoice-2')
      const commands = [target('a', 'invoice-1'), later, target('c', 'invoice-2'), target('d', 'invoice-3')]
      await given().commit(commit({ commands }))
      await given().settle([{ kind: 'retry', row: { ...later, tries: 1 }, code: 'busy', notBefore: at(10) }])
      expect(await pending(given(), 9)).toEqual(['a', 'd'])
      expect(await pending(given(), 10)).toEqual(['a', 'b', 'c', 'd'])
    })

    it('does not wait for a younger one of its target', async () => {
      const commands = [target('a', 'invoice-1'), target('b', 'invoice-1'), target('c', 'invoice-1')]
      await given().commit(commit({ commands }))
      await given().settle([{ kind: 'retry', row: target('b', 'invoice-1'), code: 'busy', notBefore: at(10) }])
      expect(await pending(given(), 9)).toEqual(['a'])
    })

    it('may be wanted for a later time from the start', async () => {
      await given().commit(commit({ commands: [row('a', { notBefore: at(5) })] }))
      expect(await pending(given(), 4)).toEqual([])
      expect(await given().pending('invoicing', 10, at(5))).toEqual([row('a', { notBefore: at(5) })])
    })
  })
}

export function settling(given: Given): void {
  describe('an answer', () => {
    beforeEach(async () => {
      await given().commit(commit({ inbox: [event('1')], commands: [row('a'), row('b'), row('c')] }))
    })

    it('ends what is done, and a repeat is safe', async () => {
      const done = { kind: 'done', row: row('a') } as const
      await given().settle([done, { kind: 'done', row: row('c') }, { kind: 'done', row: row('unknown') }])
      await given().settle([done])
      await given().settle([])
      expect(await pending(given())).toEqual(['b'])
      expect(await given().alarms(10)).toEqual([])
    })

    it('that asks for another try keeps the time and the tries', async () => {
      await given().settle([
        { kind: 'retry', row: row('a', { tries: 4 }), code: 'busy', notBefore: at(3) },
        { kind: 'done', row: row('b') },
      ])
      expect(await pending(given(), 2)).toEqual([])
      const again = row('a', { tries: 4, notBefore: at(3) })
      expect(await given().pending('invoicing', 10, at(3))).toEqual([again, row('c')])
    })

    it('ends what descends from a correlation', async () => {
      const { correlationId } = row('a').metadata
      expect(await given().pendingOf(correlationId)).toBe(3)
      expect(await given().pendingOf(derivedId('other'))).toBe(0)
      await given().settle([
        { kind: 'done', row: row('a') },
        { kind: 'ignored', row: row('b'), code: 'invoice_exists' },
        { kind: 'retry', row: row('c'), code: 'busy', notBefore: at(100) },
      ])
      expect(await given().pendingOf(correlationId)).toBe(1)
    })
  })
}

export function refused(given: Given): void {
  describe('a refusal', () => {
    const alarm = (name: string, seconds: number) =>
      ({ kind: 'alarm', row: row(name), code: 'invoice_frozen', message: `No, ${name}.`, at: at(seconds) }) as const
    beforeEach(async () => {
      await given().commit(commit({ inbox: [event('1')], commands: ['a', 'b', 'c', 'd'].map((name) => row(name)) }))
    })

    it('that alarms is kept for operators, newest first', async () => {
      await given().settle([alarm('a', 2), alarm('b', 1)])
      await given().settle([alarm('c', 2), alarm('a', 9)])
      const kept = (name: string, seconds: number) => ({
        row: row(name),
        code: 'invoice_frozen',
        message: `No, ${name}.`,
        at: at(seconds),
      })
      expect(await given().alarms(10)).toEqual([kept('c', 2), kept('a', 2), kept('b', 1)])
      expect(await given().alarms(1)).toEqual([kept('c', 2)])
      expect(await pending(given())).toEqual(['d'])
    })

    it('that is ignored is counted once', async () => {
      const ignored = (name: string, code: string) => ({ kind: 'ignored', row: row(name), code }) as const
      await given().settle([ignored('a', 'invoice_exists'), ignored('b', 'invoice_exists')])
      await given().settle([ignored('a', 'invoice_exists'), ignored('c', 'invoice_exists'), ignored('d', 'gone')])
      expect(await given().ignored()).toEqual([
        { process, type: 'DraftInvoice', code: 'gone', count: 1 },
        { process, type: 'DraftInvoice', code: 'invoice_exists', count: 3 },
      ])
      expect(await pending(given())).toEqual([])
    })
  })
}
