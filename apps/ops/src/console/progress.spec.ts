import { Output } from './output'
import { progressOn } from './progress'

/** Work whose standard error goes into a file, at a time that is moved by hand. */
function work(options: { unit: string; total?: number }, json = false) {
  const lines: string[] = []
  let [nowMs, ticks] = [0, [] as (() => void)[]]
  const out = new Output({ out: { write: () => undefined }, err: { write: (text: string) => lines.push(text) } })
  out.useJson(json)
  const every = (_: number, tick: () => void) => {
    ticks.push(tick)
    return () => (ticks = [])
  }
  const progress = progressOn({ isTTY: false } as NodeJS.WriteStream, out, { now: () => nowMs, every })(options)
  const pass = (ms: number) => {
    nowMs += ms
    for (const tick of ticks) tick()
  }
  return { progress, lines, pass }
}

describe('work that nobody looks at', () => {
  it('writes nothing when it is short', () => {
    const { progress, lines, pass } = work({ unit: 'lines', total: 100 })
    pass(1_999)
    progress.advance(100)
    progress.end()
    pass(60_000)
    expect(lines).toEqual([])
  })

  it('writes a line after 2 s, and then every 10 s, with rate and time left', () => {
    const { progress, lines, pass } = work({ unit: 'lines', total: 1_000 })
    progress.advance(20)
    pass(2_000)
    expect(lines).toEqual(['2 %, 20 of 1000 lines, 10/s, 1 min 38 s left\n'])
    for (let seconds = 0; seconds < 10; seconds += 1) {
      progress.advance(10)
      pass(1_000)
    }
    expect(lines.slice(1)).toEqual(['12 %, 120 of 1000 lines, 10/s, 1 min 28 s left\n'])
  })

  it('writes that it stands still, and how much there is when nobody knows the whole', () => {
    const { progress, lines, pass } = work({ unit: 'events' })
    pass(2_000)
    progress.advance(500)
    pass(10_000)
    expect(lines).toEqual(['0 events, 0/s\n', '500 events, 42/s\n'])
  })

  it('writes no control characters', () => {
    const { progress, lines, pass } = work({ unit: 'events', total: 3 })
    pass(5_000)
    progress.advance(1)
    expect(lines.join('').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })

  it('writes a line of JSON for machines', () => {
    const { progress, lines, pass } = work({ unit: 'lines', total: 1_000 }, true)
    progress.advance(20)
    pass(2_000)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { progress: { unit: 'lines', done: 20, total: 1_000, perSecond: 10, secondsLeft: 98 } },
    ])
  })
})
