import type { OutboxRow } from '../ports/processes.port'
import { commit, event, namesOf, process, row, type Given } from './processes.kit-support'
import { at } from './kit-instants'

export function lookedAt(given: Given): void {
  describe('an operator', () => {
    const other = 'follow-payment-of-invoice'
    const filled = async () => {
      const commands = [row('a'), row('b'), row('c'), row('d')]
      await given().commit(commit({ inbox: [event('1'), event('2')], commands }))
      await given().commit(commit({ process: other, inbox: [event('1')] }))
      const [open, again, alarmed, ignored] = commands as [OutboxRow, OutboxRow, OutboxRow, OutboxRow]
      await given().settle([
        { kind: 'retry', row: { ...again, tries: 3 }, code: 'too_early', notBefore: at(60) },
        { kind: 'alarm', row: alarmed, code: 'unheard_of', message: 'Why?', at: at(1) },
        { kind: 'ignored', row: ignored, code: 'invoice_exists' },
      ])
      return { open, again, alarmed, ignored }
    }

    it('sees how every process is doing', async () => {
      expect(await given().overview()).toEqual([])
      await filled()
      expect(await given().overview()).toEqual([
        { process, handled: 2, open: 2, triesMax: 3, alarms: 1, ignored: 1 },
        { process: other, handled: 1, open: 0, triesMax: 0, alarms: 0, ignored: 0 },
      ])
    })

    it('sees which processes have handled an event', async () => {
      await filled()
      expect(await given().reactionsTo(event('1'))).toEqual([process, other])
      expect(await given().reactionsTo(event('2'))).toEqual([process])
      expect(await given().reactionsTo(event('3'))).toEqual([])
    })

    it('is answered when his own command is refused, and nothing alarms', async () => {
      const own = row('own', {
        process: 'ops',
        metadata: { ...row('own').metadata, actor: { type: 'admin', id: 'ann' } },
      })
      const { alarmed } = await filled()
      await given().commit(commit({ process: 'ops', commands: [own] }))
      await given().settle([{ kind: 'answered', row: own, code: 'halted_already', message: 'So it is.', at: at(2) }])
      const refused = { row: own, code: 'halted_already', message: 'So it is.', at: at(2) }
      expect(await given().commandsById([own.id])).toEqual({ open: [], refused: [refused] })
      expect((await given().alarms(10)).map(({ code }) => code)).toEqual(['unheard_of'])
      expect((await given().overview()).map((each) => each.process)).toEqual([process, other])
      await given().forgetAnswers([own.id, alarmed.id])
      await given().forgetAnswers([own.id])
      expect((await given().commandsById([own.id, alarmed.id])).refused.map(({ code }) => code)).toEqual(['unheard_of'])
    })

    it('has what was refused sent again, as if it had never been tried', async () => {
      const { again, alarmed } = await filled()
      await given().settle([{ kind: 'alarm', row: { ...again, tries: 4 }, code: 'gone', message: 'No.', at: at(2) }])
      expect(await given().sendAgain([again.id, alarmed.id, event('unknown')])).toBe(2)
      expect(await given().sendAgain([again.id])).toBe(0)
      expect(await given().alarms(10)).toEqual([])
      expect((await given().pending('invoicing', 10, at(1))).slice(1)).toEqual([alarmed, again])
      await given().settle([{ kind: 'alarm', row: again, code: 'gone', message: 'Still no.', at: at(3) }])
      expect((await given().alarms(10)).map(({ message }) => message)).toEqual(['Still no.'])
    })

    it('drops what was refused, and it is kept who did it and why', async () => {
      const { open, again, alarmed } = await filled()
      await given().settle([{ kind: 'alarm', row: again, code: 'gone', message: 'No.', at: at(2) }])
      const drop = { by: 'ann', reason: 'settled by hand \u{1F4B3}', at: at(5) }
      expect(await given().drop([alarmed.id, open.id, event('unknown')], drop)).toBe(1)
      expect(await given().drop([alarmed.id], { ...drop, by: 'bob' })).toBe(0)
      const dropped = { row: alarmed, code: 'unheard_of', message: 'Why?', at: at(1), drop }
      expect(await given().dropped(10)).toEqual([dropped])
      expect((await given().alarms(10)).map(({ code }) => code)).toEqual(['gone'])
      expect((await given().overview())[0]).toMatchObject({ process, alarms: 1 })
      await given().drop([again.id], { ...drop, at: at(6) })
      expect((await given().dropped(1)).map(({ code }) => code)).toEqual(['gone'])
      expect(await given().sendAgain([alarmed.id])).toBe(1)
      expect((await given().dropped(10)).map(({ code }) => code)).toEqual(['gone'])
    })

    it('neither repeats nor drops the refusal of a command of his own', async () => {
      const actor = { type: 'admin', id: 'ann' } as const
      const own = row('own', { process: 'ops', metadata: { ...row('own').metadata, actor } })
      await given().commit(commit({ process: 'ops', commands: [own] }))
      await given().settle([{ kind: 'answered', row: own, code: 'halted_already', message: 'So it is.', at: at(2) }])
      expect(await given().sendAgain([own.id])).toBe(0)
      expect(await given().drop([own.id], { by: 'ann', reason: 'read', at: at(3) })).toBe(0)
      expect((await given().commandsById([own.id])).refused).toHaveLength(1)
    })

    it('finds commands that are open or were refused', async () => {
      const { open, again, alarmed, ignored } = await filled()
      const found = await given().commandsById([open.id, alarmed.id, ignored.id, event('unknown')])
      expect(found).toEqual({
        open: [open],
        refused: [{ row: alarmed, code: 'unheard_of', message: 'Why?', at: at(1) }],
      })
      expect(namesOf((await given().commandsById([again.id])).open)).toEqual(['b'])
      expect(await given().commandsById([])).toEqual({ open: [], refused: [] })
    })
  })
}
