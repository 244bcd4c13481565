import { commit, event, pending, process, row, type Given } from './processes.kit-support'
import { at, together } from './kit-instants'

export function committing(given: Given): void {
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

export function conflicting(given: Given): void {
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

export function racing(given: Given): void {
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
