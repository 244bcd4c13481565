import type { FigureResult } from '../figure'
import { judge, type Round } from '../measure/judge'
import { figureTable } from './figure-table'
import { jsonReport } from './json-report'
import { numberText } from './table'

const ROUND = { value: 21_000.4, reference: 60_000, stealPercent: 0.55 }
const measured: FigureResult = {
  figure: { name: 'ingest', unit: 'events/s', goal: { ratioMin: 0.3, min: 20_000 } },
  outcome: {
    kind: 'measured',
    judgement: judge({ ratioMin: 0.3, min: 20_000 }, Array<Round>(3).fill(ROUND)),
  },
}
const noisy: FigureResult = {
  figure: { name: 'command', unit: 'ms', goal: { max: 15 } },
  outcome: {
    kind: 'measured',
    judgement: judge({ max: 15 }, [{ value: 1.2345, reference: null, stealPercent: null }]),
  },
}
const absent: FigureResult = {
  figure: { name: 'kafka', unit: 'ms', goal: { max: 60 } },
  outcome: { kind: 'unavailable', reason: 'there is no java' },
}
const results = [measured, noisy, absent]

describe('the table of figures', () => {
  const [titles, ...lines] = figureTable(results).split('\n')

  it('has each figure with value, spread, reference, ratio, goal, verdict and steal', () => {
    expect(titles?.split(/ {2,}/)).toEqual([
      ...['FIGURE', 'VALUE (MIN..MAX)', 'UNIT', 'REFERENCE', 'RATIO', 'GOAL', 'VERDICT', 'STEAL'],
    ])
    expect(lines[0]?.split(/ {2,}/)).toEqual([
      ...['ingest', '21,000 (21,000..21,000)', 'events/s', '60,000 (60,000..60,000)', '0.35'],
      ...['ratio >= 0.3 and >= 20,000 events/s', 'met', '0.6 %'],
    ])
  })

  it('says what was not judged and what could not run, and why', () => {
    expect(lines[1]).toMatch(/not judged +-$/)
    expect(lines[2]).toMatch(/not run +-$/)
    expect(lines.slice(3)).toEqual([
      'command: not judged: 1 of the 3 rounds that a judgement needs',
      'kafka: there is no java',
    ])
  })

  it('shows digits that mean something', () =>
    expect([12_345.6, 123.4, 1.2345, 0.0045678, 0].map(numberText)).toEqual(['12,346', '123', '1.23', '0.00457', '0']))
})

describe('the report for machines', () => {
  it('has every figure, with null where there is nothing to say', () =>
    expect(jsonReport(results, { machine: 'm', date: 'd', commit: 'c' })).toEqual({
      figures: [
        {
          ...{ name: 'ingest', value: 21_000.4, unit: 'events/s', reference: 60_000, ratio: 0.35000666666666667 },
          ...{ goal: 'ratio >= 0.3 and >= 20,000 events/s', met: true },
        },
        { name: 'command', value: 1.2345, unit: 'ms', reference: null, ratio: null, goal: '<= 15 ms', met: null },
        { name: 'kafka', value: null, unit: 'ms', reference: null, ratio: null, goal: '<= 60 ms', met: null },
      ],
      ...{ machine: 'm', date: 'd', commit: 'c', steal: 0.55 },
    }))
})
