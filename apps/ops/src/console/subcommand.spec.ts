import { instant } from './subcommand'

describe('an instant on the command line', () => {
  it.each([
    ['2026-02-28', '2026-02-28T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-07-01T02:00+02:00', '2026-07-01T00:00:00.000Z'],
    ['2026-07-01T00:00:00.000001Z', '2026-07-01T00:00:00.000001Z'],
  ])('is read: %s', (text, read) => expect(instant(text)).toBe(read))

  it.each([
    '2026-02-29',
    '2026-02-31',
    '2026-04-31T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00',
    '2026-07',
  ])('is refused: %s', (text) => expect(() => instant(text)).toThrow('It must be an instant'))
})
