import { getEventListeners } from 'node:events'
import { linkSignals } from './link-signals'

describe('a linked signal', () => {
  it.each([0, 1])('aborts with its first source, %d, and for its reason', (which) => {
    const sources = [new AbortController(), new AbortController()]
    const { signal } = linkSignals(...sources.map((source) => source.signal))
    expect(signal.aborted).toBe(false)
    sources[which]?.abort('first')
    sources[1 - which]?.abort('second')
    expect([signal.aborted, signal.reason]).toEqual([true, 'first'])
  })

  it('of a source that has aborted is aborted from the start', () => {
    const { signal, release } = linkSignals(new AbortController().signal, AbortSignal.abort('before'))
    expect([signal.aborted, signal.reason]).toEqual([true, 'before'])
    release()
  })

  it('leaves nothing at its sources once it is released, and does not abort any more', () => {
    const source = new AbortController()
    const { signal, release } = linkSignals(source.signal)
    expect(getEventListeners(source.signal, 'abort')).toHaveLength(1)
    release()
    expect(getEventListeners(source.signal, 'abort')).toEqual([])
    source.abort()
    expect(signal.aborted).toBe(false)
  })
})
