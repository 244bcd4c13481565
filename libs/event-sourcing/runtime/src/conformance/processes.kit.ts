import { derivedId } from '@billstream/kernel'
import type { OutboxRow, ProcessCommit, ProcessStore } from '../ports/processes.port'
import { at, together } from './kit-instants'

type Given = () => ProcessStore

const process = 'draft-invoice-when-period-measured'
const event = (name: string) => derivedId('event', name)

function row(name: string, given: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: derivedId('command', name),
    process,
    target: 'invoice-1',
    context: 'invoicing',
    type: 'DraftInvoice',
    data: { name, text: '\0 💳', amount: '900719925474099312' },
    metadata: {
      commandId: derivedId('command', name),
      organizationId: derivedId('organization'),
      actor: { type: 'process', id: process },
      correlationId: derivedId('correlation'),
      causationId: event(name),
      now: at(0),
    },
    refusals: { invoice_exists: 'ignore' },
    tries: 0,
    ...given,
  }
}

function commit(given: Partial<ProcessCommit> = {}): ProcessCommit {
  return { process, owner: 'invoicing', inbox: [], states: [], commands: [], ...given }
}

const namesOf = (rows: readonly OutboxRow[]) => rows.map(({ data }) => (data as { name: string }).name)
const pending = async (store: ProcessStore, seconds = 0, limit = 100) =>
  namesOf(await store.pending('invoicing', limit, at(seconds)))

/** What every adapter of ProcessStore must do. `make` gives an empty one. */
export function processStoreConformance(name: string, make: () => Promise<ProcessStore>): void {
  describe(`process store: ${name}`, () => {
    let store: ProcessStore
    beforeEach(async () => {
      store = await make()
    })
    committing(() => store)
    conflicting(() => store)
    racing(() => store)
    sending(() => store)
    settling(() => store)
    refused(() => store)
    lookedAt(() => store)
  })
}

function lookedAt(given: Given): void {
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

function committing(given: Given): void {
  describe('a commit', () => {
    it('keeps inbox, states and commands', async () => {
      const states = [{ key: 'sub-1', state: { text: '\0 💳', parts: [1, null] }, version: 0 }]
      const made = commit({ inbox: [event('1'), event('2')], states, commands: [row('a'), row('b')] })
      expect(await given().commit(made)).toBe(true)
      expect(await given().handled(process, [event('1'), event('2'), event('3')])).toEqual(
        new Set([event('1'), event('2')]),
      )
      expect(await given().handled('another-process', [event('1')])).toEqual(new Set())
      expect(await given().loadStates(process, ['sub-1', 'sub-2', 'sub-1'])).toEqual([{ ...states[0], version: 1 }])
      expect(await given().loadStates('another-process', ['sub-1'])).toEqual([])
      expect(await given().pending('invoicing', 10, at(0))).toEqual([row('a'), row('b')])
    })

    it('replaces a state at the version that was read', async () => {
      await given().commit(commit({ states: [{ key: 'sub-1', state: 'old', version: 0 }] }))
      const next = [
        { key: 'sub-1', state: 'new', version: 1 },
        { key: 'sub-2', state: null, version: 0 },
      ]
      expect(await given().commit(commit({ states: next }))).toBe(true)
      const states = await given().loadStates(process, ['sub-1', 'sub-2'])
      expect(states.sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
        { key: 'sub-1', state: 'new', version: 2 },
        { key: 'sub-2', state: null, version: 1 },
      ])
    })

    it('of nothing is made', async () => {
      expect(await given().commit(commit())).toBe(true)
      expect(await given().handled(process, [])).toEqual(new Set())
      expect(await given().loadStates(process, [])).toEqual([])
    })

    it('does not send a waiting command twice', async () => {
      await given().commit(commit({ inbox: [event('1')], commands: [row('a')] }))
      await given().commit(commit({ inbox: [event('2')], commands: [row('a', { type: 'Other' }), row('b')] }))
      expect(await given().pending('invoicing', 10, at(0))).toEqual([row('a'), row('b')])
    })
  })
}

function conflicting(given: Given): void {
  describe('a commit that comes too late', () => {
    const late = { inbox: [event('9')], commands: [row('late')], states: [{ key: 'sub-9', state: 1, version: 0 }] }
    beforeEach(async () => {
      const states = [{ key: 'sub-1', state: 'kept', version: 0 }]
      await given().commit(commit({ inbox: [event('1')], states }))
    })
    const nothingOfIt = async () => {
      expect(await given().handled(process, [event('9')])).toEqual(new Set())
      expect(await given().loadStates(process, ['sub-9'])).toEqual([])
      expect(await given().loadStates(process, ['sub-1'])).toEqual([{ key: 'sub-1', state: 'kept', version: 1 }])
      expect(await pending(given())).toEqual([])
    }

    it('writes nothing when one of its events was handled', async () => {
      expect(await given().commit(commit({ ...late, inbox: [event('9'), event('1')] }))).toBe(false)
      await nothingOfIt()
    })

    it.each([0, 2])('writes nothing when a state is not at version %d', async (version) => {
      const moved = { key: 'sub-1', state: 'lost', version }
      expect(await given().commit(commit({ ...late, states: [...late.states, moved] }))).toBe(false)
      await nothingOfIt()
    })

    it('writes nothing when a state that it has read is not there', async () => {
      const unknown = { key: 'sub-2', state: 'lost', version: 3 }
      expect(await given().commit(commit({ ...late, states: [unknown, ...late.states] }))).toBe(false)
      await nothingOfIt()
    })
  })
}

function racing(given: Given): void {
  describe('many commits at once', () => {
    it('handle an event once', async () => {
      const made = await together(20, (index) =>
        given().commit(commit({ inbox: [event(`own-${index}`), event('same')], commands: [row(`${index}`)] })),
      )
      expect(made.filter(Boolean)).toHaveLength(1)
      expect(await pending(given())).toEqual([`${made.indexOf(true)}`])
      const owned = Array.from({ length: 20 }, (_, index) => event(`own-${index}`))
      expect((await given().handled(process, owned)).size).toBe(1)
    })

    it('move a state one after the other', async () => {
      const first = { key: 'sub-1', state: 'first', version: 0 }
      expect((await together(8, () => given().commit(commit({ states: [first] })))).filter(Boolean)).toHaveLength(1)
      const next = { key: 'sub-1', state: 'next', version: 1 }
      expect((await together(8, () => given().commit(commit({ states: [next] })))).filter(Boolean)).toHaveLength(1)
    })

    it('of different processes handle the same event each', async () => {
      const made = await together(5, (index) =>
        given().commit(commit({ process: `process-${index}`, inbox: [event('1')] })),
      )
      expect(made).toEqual([true, true, true, true, true])
    })
  })
}

function sending(given: Given): void {
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

function settling(given: Given): void {
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

function refused(given: Given): void {
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
