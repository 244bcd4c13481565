import { assertNever, derivedId, ok, refuse, timeOrderedId } from './index'

describe('a result', () => {
  it('is a value or a refusal', () => {
    expect(ok(5)).toEqual({ ok: true, value: 5 })
    expect(refuse('taken', 'It is taken.')).toEqual({ ok: false, error: { code: 'taken', message: 'It is taken.' } })
    expect(refuse('taken', 'It is taken.', 'code').error.field).toBe('code')
  })

  it('has no case that is forgotten', () =>
    expect(() => assertNever('other' as never)).toThrow('Unexpected value: "other"'))
})

describe('an id', () => {
  it('derived from the same parts is the same, from others another', () => {
    expect(derivedId('a', 1)).toBe(derivedId('a', 1))
    expect(new Set([derivedId('a', 1), derivedId('a', '1'), derivedId('a1'), derivedId('["a",1]')]).size).toBe(4)
    expect(derivedId('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/)
  })

  it('that is new is ordered by time', () => {
    const ids = [timeOrderedId(), timeOrderedId(), timeOrderedId()]
    expect([...ids].sort()).toEqual(ids)
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  })
})
