import { goalText } from './goal'
import { isQuiet, judge, type Round } from './judge'

const round = (value: number, reference: number | null = null, stealPercent: number | null = 0): Round => ({
  value,
  reference,
  stealPercent,
})

describe('a figure with a ratio', () => {
  it('is judged by the median of the ratios of each round, not by the ratio of medians', () => {
    const rounds = [round(100, 100), round(10, 20), round(30, 10)]
    expect(judge({ ratioMin: 1 }, rounds)).toMatchObject({ ratio: 1, met: true })
  })

  it('is judged on a busy machine too', () =>
    expect(judge({ ratioMin: 0.7 }, [round(6, 10, 50)])).toMatchObject({ ratio: 0.6, met: false, stealPercent: 50 }))

  it('holds at the goal itself', () => expect(judge({ ratioMin: 0.5 }, [round(5, 10)]).met).toBe(true))

  it('shows the spread of value and reference', () =>
    expect(judge({ ratioMin: 1 }, [round(3, 1), round(1, 5), round(2, 3)])).toMatchObject({
      value: { median: 2, min: 1, max: 3 },
      reference: { median: 3, min: 1, max: 5 },
    }))
})

describe('a figure with an absolute goal', () => {
  it('is judged in quiet rounds only, and shows these', () =>
    expect(judge({ max: 15 }, [round(90, null, 30), round(12, null, 1.9), round(80, null, 2)])).toMatchObject({
      value: { median: 12, min: 12, max: 12 },
      met: true,
    }))

  it('is not judged without a quiet round, and shows all', () =>
    expect(judge({ max: 15 }, [round(9, null, 2), round(11, null, 40)])).toMatchObject({
      value: { median: 10 },
      met: null,
      stealPercent: 21,
    }))

  it('is not judged where the machine does not tell its steal', () => {
    expect(isQuiet(round(1, null, null))).toBe(false)
    expect(judge({ min: 1 }, [round(5, null, null)])).toMatchObject({ met: null, stealPercent: null })
  })

  it('is missed below the least and above the most', () => {
    expect(judge({ min: 100 }, [round(99)]).met).toBe(false)
    expect(judge({ max: 10 }, [round(10.5)]).met).toBe(false)
    expect(judge({ max: 10 }, [round(10)]).met).toBe(true)
  })
})

describe('a figure with both', () => {
  const goal = { ratioMin: 0.5, min: 100 }

  it('needs both', () => {
    expect(judge(goal, [round(120, 200)]).met).toBe(true)
    expect(judge(goal, [round(90, 100)]).met).toBe(false)
    expect(judge(goal, [round(120, 400)]).met).toBe(false)
  })

  it('hangs on the ratio alone while the machine is busy', () => {
    expect(judge(goal, [round(90, 100, 10)]).met).toBe(true)
    expect(judge(goal, [round(40, 100, 10)]).met).toBe(false)
  })
})

describe('the text of a goal', () => {
  it('names each part', () => {
    expect(goalText({ ratioMin: 0.3, min: 20_000 }, 'events/s')).toBe('ratio >= 0.3 and >= 20,000 events/s')
    expect(goalText({ max: 15 }, 'ms')).toBe('<= 15 ms')
  })
})
