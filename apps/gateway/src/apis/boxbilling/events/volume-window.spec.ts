import { volumePoints, volumeWindow } from './volume-window'

const now = '2026-06-02T10:30:00.000Z'

describe('the volume of events', () => {
  it('covers the last 24 hours by default', () =>
    expect(volumeWindow({}, now)).toEqual({
      ok: true,
      value: { fromHour: '2026-06-01T11:00:00.000Z', toHour: '2026-06-02T10:00:00.000Z' },
    }))

  it.each([
    ['2026-06-02T10:00:00.000Z', '2026-06-01T10:00:00.000Z'],
    ['2026-01-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z'],
  ])('refuses a window from %s to %s', (from, to) =>
    expect(volumeWindow({ from, to }, now)).toMatchObject({ ok: false, error: { code: 'invalid_window' } }),
  )

  it('shows empty hours as 0', () =>
    expect(
      volumePoints({ fromHour: '2026-06-01T23:00:00.000Z', toHour: '2026-06-02T01:00:00.000Z' }, [
        { hour: '2026-06-02T00:00:00.000Z', count: 7 },
      ]),
    ).toEqual([
      { timestamp: '2026-06-01 23:00', count: 0 },
      { timestamp: '2026-06-02 00:00', count: 7 },
      { timestamp: '2026-06-02 01:00', count: 0 },
    ]))
})
