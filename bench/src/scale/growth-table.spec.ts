import { growthTable } from './growth-table'

describe('the table of growth', () => {
  it('has what each size took, and judges the exponent', () => {
    const points = [
      { size: 1_000, seconds: 0.5 },
      { size: 16_000, seconds: 10.25 },
    ]
    const [titles, linear, steep] = growthTable([
      { work: { name: 'linear', unit: 'events' }, points, exponent: 1.1 },
      { work: { name: 'steep', unit: 'events' }, points, exponent: 1.11 },
    ]).split('\n')
    expect(titles?.split(/ {2,}/)).toEqual(['WORK', 'SECONDS BY SIZE', 'EXPONENT', 'GOAL', 'VERDICT'])
    expect(linear?.split(/ {2,}/)).toEqual([
      ...['linear', '0.5 at 1,000, 10.3 at 16,000 events', '1.10', '<= 1.1', 'met'],
    ])
    expect(steep).toMatch(/1\.11 +<= 1\.1 +missed$/)
  })
})
