import { goalText } from './goal'
import { isQuiet, judge, type Round } from './judge'

const round = (value: number, reference: number | null = null, stealPercent: number | null = 0): Round => ({
  value,
  reference,
  stealPercent,
})

/** Three of one kind. */
const rounds = (...one: Parameters<typeof round>) => Array.from({ length: 3 }, () => round(...one))

describe('a figure with a ratio', () => {
  it('is judged by the median of the ratios of each round, not by the ratio of medians', () => {
    const measured = [round(100, 100), round(10, 20), round(30, 10)]
    expect(judge({ ratioMin: 1 }, measured)).toMatchObject({ ratio: 1, met: true, notJudged: null })
  })

  it('is judged on a busy machine too', () =>
    expect(judge({ ratioMin: 0.7 }, rounds(6, 10, 50))).toMatchObject({ ratio: 0.6, met: false, stealPercent: 50 }))

  it('holds at the goal itself', () => expect(judge({ ratioMin: 0.5 }, rounds(5, 10)).met).toBe(true))

  it('is not judged in fewer than three rounds, and says so', () =>
    expect(judge({ ratioMin: 0.5 }, rounds(5, 10).slice(1))).toMatchObject({
      ...{ ratio: 0.5, met: null, notJudged: '2 of the 3 rounds that a judgement needs' },
    }))

  it('shows the spread of value and reference', () =>
    expect(judge({ ratioMin: 1 }, [round(3, 1), round(1, 5), round(2, 3)])).toMatchObject({
      value: { median: 2, min: 1, max: 3 },
      reference: { median: 3, min: 1, max: 5 },
    }))
})

describe('a figure with an absolute goal', () => {
  it('is judged in quiet rounds only, and shows these', () =>
    expect(judge({ max: 15 }, [round(90, null, 30), round(80, null, 2), ...rounds(12, null, 1.9)])).toMatchObject({
      value: { median: 12, min: 12, max: 12 },
      ...{ met: true, notJudged: null },
    }))

  it('is not judged with fewer than three quiet rounds, and shows all', () =>
    expect(judge({ max: 15 }, [round(9), round(10), round(11, null, 2), round(12, null, 40)])).toMatchObject({
      value: { median: 10.5 },
      ...{ met: null, stealPercent: 1 },
      notJudged: '2 of 4 rounds had under 2 % CPU steal, and 3 are needed',
    }))

  it('is not judged in one round, however quiet', () =>
    expect(judge({ max: 15 }, [round(9)])).toMatchObject({
      ...{ met: null, notJudged: '1 of the 3 rounds that a judgement needs' },
    }))

  it('is not judged where the machine does not tell its steal', () => {
    expect(isQuiet(round(1, null, null))).toBe(false)
    expect(judge({ min: 1 }, rounds(5, null, null))).toMatchObject({
      ...{ met: null, stealPercent: null, notJudged: 'this machine does not tell its CPU steal' },
    })
  })

  it('is missed below the least and above the most', () => {
    expect(judge({ min: 100 }, rounds(99)).met).toBe(false)
    expect(judge({ max: 10 }, rounds(10.5)).met).toBe(false)
    expect(judge({ max: 10 }, rounds(10)).met).toBe(true)
  })
})

describe('a figure with both', () => {
  const goal = { ratioMin: 0.5, min: 100 }

  it('needs both', () => {
    expect(judge(goal, rounds(120, 200)).met).toBe(true)
    expect(judge(goal, rounds(90, 100)).met).toBe(false)
    expect(judge(goal, rounds(120, 400)).met).toBe(false)
  })

  it('can be missed by its ratio on a busy machine, but not met', () => {
    expect(judge(goal, rounds(40, 100, 10))).toMatchObject({ met: false, notJudged: null })
    expect(judge(goal, rounds(90, 100, 10))).toMatchObject({
      ...{ met: null, notJudged: '0 of 3 rounds had under 2 % CPU steal, and 3 are needed' },
    })
  })
})

describe('the text of a goal', () => {
  it('names each part', () => {
    expect(goalText({ ratioMin: 0.3, min: 20_000 }, 'events/s')).toBe('ratio >= 0.3 and >= 20,000 events/s')
    expect(goalText({ max: 15 }, 'ms')).toBe('<= 15 ms')
  })
})
