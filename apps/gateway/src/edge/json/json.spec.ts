import * as fc from 'fast-check'
import { readJson } from './read-json'
import { RawJson, writeJson } from './write-json'

function valueOf(text: string): unknown {
  const read = readJson(text)
  if (!read.ok) throw new Error(read.problem.message)
  return read.value
}

describe('read JSON', () => {
  describe('with short numbers', () => {
    it('gives plain numbers', () => expect(valueOf('{"a":[1,-2.5,0.000001]}')).toEqual({ a: [1, -2.5, 0.000001] }))
  })

  describe('with long numbers or exponents', () => {
    it('keeps every digit', () => {
      const text = '{"a":999999999999999999,"b":[0.12345678901234567,1e30],"c":7}'
      expect(writeJson(valueOf(text))).toBe(text)
    })

    it('reads equal short numbers as plain ones beside them', () => expect(valueOf('[1e2,7]')).toMatchObject({ 1: 7 }))
  })

  describe('that is broken', () => {
    it.each([
      ['{"a":', 'json_invalid', ['a']],
      ['{"charges":[{"x":1},{"properties":{"amount":NaN}}]}', 'json_invalid', ['charges', 1, 'properties', 'amount']],
      ['{"a":"\\u0000"}', 'json_bad_text', ['a']],
      ['{"a":["ok","\\ud800"]}', 'json_bad_text', ['a', 1]],
      ['', 'json_invalid', []],
      ['{"a":1e5,"a":1e6', 'json_invalid', undefined],
      ['['.repeat(200_000), 'json_too_deep', []],
      ['['.repeat(200) + ']'.repeat(200), 'json_too_deep', []],
    ])('names the place in %.40s', (text, type, path) => {
      const read = readJson(text)
      expect(read).toMatchObject({ ok: false, problem: { type } })
      if (path) expect(read).toMatchObject({ problem: { path } })
    })

    it('takes the last of two members with one name', () => expect(valueOf('{"a":1e5,"a":2}')).toEqual({ a: 2 }))

    it('reads surrogate pairs', () => expect(valueOf('"\\ud83d\\ude00"')).toBe('😀'))
  })

  it('reads back whatever JSON.stringify writes', () =>
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        expect(writeJson(valueOf(text)).replaceAll('-0', '0')).toBe(text.replaceAll('-0', '0'))
      }),
    ))
})

describe('write JSON', () => {
  it('escapes as the language does, in values and in names', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (text) => {
          expect(writeJson(text)).toBe(JSON.stringify(text))
          expect(writeJson({ [text]: 1 })).toBe(JSON.stringify({ [text]: 1 }))
        },
      ),
    ))

  it('writes 18 digits as a number and raw text as it is', () =>
    expect(writeJson({ a: 999_999_999_999_999_999n, b: new RawJson('{"x":1.50}'), c: undefined, d: [undefined] })).toBe(
      '{"a":999999999999999999,"b":{"x":1.50},"d":[null]}',
    ))
})
