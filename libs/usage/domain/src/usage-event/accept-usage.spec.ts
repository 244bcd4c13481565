import * as fc from 'fast-check'
import { canonicalJson } from './canonical-json'
import { acceptUsage, latestTimestamp, type AcceptedUsage, type UsageTerms } from './accept-usage'
import { readProperties } from './read-properties'

const organizationId = '00000000-0000-7000-8000-00000000000a'
/** Spells the content out instead of hashing it, so that specs see what is compared. */
const spelled = (text: string) => `${'0'.repeat(64)}${text}`
const terms: UsageTerms = {
  organizationId,
  metric: { aggregation: 'sum', fieldName: 'tokens' },
  latest: '2026-06-01T12:05:00.000Z',
  sha256: spelled,
}
const event = {
  transactionId: 'tx-1',
  externalCustomerId: 'acme',
  externalSubscriptionId: '',
  code: 'tokens',
  timestamp: '2026-06-01T12:00:00Z',
  properties: '{"tokens":5}',
  createdAt: '2026-06-01T12:00:01.000Z',
}
const accept = (changes: Partial<typeof event> = {}, other: Partial<UsageTerms> = {}) =>
  acceptUsage({ ...event, ...changes }, { ...terms, ...other })
const accepted = (...args: Parameters<typeof accept>): AcceptedUsage => {
  const result = accept(...args)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const read = (aggregation: UsageTerms['metric']['aggregation'], properties: string) =>
  accept({ properties }, { metric: { aggregation, fieldName: 'tokens' } })

describe('a usage event', () => {
  it('is stored as it was sent, its instant canonical', () =>
    expect(accepted({ timestamp: '2026-06-01T14:00:00.1234567+02:00' })).toMatchObject({
      ...event,
      timestamp: '2026-06-01T12:00:00.123456Z',
      value: '5',
      distinct: null,
    }))

  describe('whose timestamp lies ahead', () => {
    it('is taken up to the tolerance', () => expect(accept({ timestamp: '2026-06-01T12:05:00Z' }).ok).toBe(true))
    it('is refused beyond', () =>
      expect(accept({ timestamp: '2026-06-01T12:05:00.000001Z' })).toMatchObject({
        error: { code: 'timestamp_in_future', field: 'timestamp' },
      }))
    it('is refused when it is no time', () =>
      expect(accept({ timestamp: '2026-02-30' })).toMatchObject({
        error: { code: 'invalid_timestamp', field: 'timestamp' },
      }))
    it('is measured by the later of real time and the clock of the customer', () => {
      const [real, ahead, behind] = ['2026-06-01T12:00:00.000Z', '2026-07-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z']
      expect(latestTimestamp(real)).toBe('2026-06-01T12:05:00.000Z')
      expect(latestTimestamp(real, ahead)).toBe('2026-07-01T00:05:00.000Z')
      expect(latestTimestamp(real, behind)).toBe('2026-06-01T12:05:00.000Z')
    })
  })

  describe('of a metric that reads a number', () => {
    it.each([
      ['5', '5'],
      ['5.0', '5'],
      ['"5.50"', '5.5'],
      ['-0.0000000000005', '-0.000000000001'],
      ['999999999999999999.123456789012', '999999999999999999.123456789012'],
      ['1e3', '1000'],
    ])('reads %s', (sent, value) => expect(read('sum', `{"tokens":${sent}}`)).toMatchObject({ value: { value } }))

    it.each([
      ['{}', 'field_missing'],
      ['{"tokens":null}', 'field_missing'],
      ['{"tokens":true}', 'field_not_numeric'],
      ['{"tokens":"many"}', 'field_not_numeric'],
      ['{"tokens":" 5"}', 'field_not_numeric'],
      ['{"tokens":[5]}', 'field_not_numeric'],
      ['{"tokens":{"isLosslessNumber":true,"value":"5"}}', 'field_not_numeric'],
      ['{"tokens":1e30}', 'field_out_of_range'],
      ['{"tokens":1e999999999}', 'field_out_of_range'],
    ])('refuses %s', (properties, code) =>
      expect(read('latest', properties)).toMatchObject({ error: { code, field: 'properties.tokens' } }),
    )

    it('reads no member that every object has', () =>
      expect(accept({}, { metric: { aggregation: 'sum', fieldName: 'constructor' } })).toMatchObject({
        error: { code: 'field_missing' },
      }))
  })

  describe('of a metric that counts distinct values', () => {
    it.each([
      ['5', '5'],
      ['5.0', '5'],
      ['"5"', '"5"'],
      ['true', 'true'],
    ])('tells %s by its canonical JSON', (sent, distinct) =>
      expect(read('unique_count', `{"tokens":${sent}}`)).toMatchObject({ value: { distinct, value: null } }),
    )
    it.each(['[]', '{}', '1e30'])('refuses %s', (sent) =>
      expect(read('unique_count', `{"tokens":${sent}}`)).toMatchObject({ error: { code: 'field_not_countable' } }),
    )
  })

  it('needs no field when its metric counts', () =>
    expect(accept({ properties: '{}' }, { metric: { aggregation: 'count', fieldName: null } }).ok).toBe(true))

  it.each(['[]', '5', '"text"', 'null', '{', ''])('is refused when its properties are %s', (properties) =>
    expect(accept({ properties })).toMatchObject({ error: { code: 'invalid_properties', field: 'properties' } }),
  )
})

describe('two usage events of one transaction id', () => {
  const same = (changes: Partial<typeof event>) => accepted(changes).contentHash === accepted().contentHash

  it.each([
    [{ properties: '{ "tokens" : 5.0 }' }],
    [{ properties: '{"tokens":50e-1}' }],
    [{ timestamp: '2026-06-01T14:00:00.0000009+02:00' }],
    [{ createdAt: '2026-06-02T00:00:00.000Z' }],
  ])('are the same with %j', (changes) => expect(same(changes)).toBe(true))

  it.each([
    [{ properties: '{"tokens":"5"}' }],
    [{ properties: '{"tokens":5,"more":null}' }],
    [{ code: 'words' }],
    [{ externalCustomerId: 'globex' }],
    [{ externalSubscriptionId: 'acme-main' }],
    [{ timestamp: '2026-06-01T12:00:00.000001Z' }],
  ])('differ with %j', (changes) => expect(same(changes)).toBe(false))
})

describe('the id of a usage event', () => {
  const hash = 'f'.repeat(64)
  const idOf = (createdAt: string) => accepted({ createdAt }, { sha256: () => hash }).id

  it('is a UUID v7 of its creation', () =>
    expect(idOf('2026-06-01T12:00:01.000Z')).toBe('019e830e-1de8-7fff-bfff-ffffffffffff'))
  it('sorts as events came', () =>
    expect(idOf('2026-06-01T12:00:01.001Z') > idOf('2026-06-01T12:00:01.000Z')).toBe(true))
})

describe('canonical JSON', () => {
  const canonical = (text: string): string => {
    const properties = readProperties(text)
    if (!properties.ok) throw new Error(properties.error.message)
    return canonicalJson(properties.value)
  }

  it('has one text for each number', () => {
    const forms = ['100', '100.0', '1e2', '1E+2', '0.1e3', '1000000000000000000000e-19']
    expect(new Set(forms.map((form) => canonical(`{"n":${form}}`)))).toEqual(new Set(['{"n":1e2}']))
    expect(canonical('{"n":[-0, 0.0, 0e99, 1e400000000, 12345678901234567890.5]}')).toBe(
      '{"n":[0,0,0,1e400000000,123456789012345678905e-1]}',
    )
  })

  it('takes an object that looks like a kept number for an object', () =>
    expect(canonical('{"n":{"isLosslessNumber":true,"value":"x"}}')).toBe(
      '{"n":{"isLosslessNumber":true,"value":"x"}}',
    ))

  it('does not ask for the order of members', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(canonical(JSON.stringify(reversed))).toBe(canonical(JSON.stringify(value)))
      }),
    ))

  it('tells all else apart', () =>
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        const plain = (value: unknown) => JSON.stringify(JSON.parse(JSON.stringify(value), sortMembers))
        expect(canonical(JSON.stringify({ a })) === canonical(JSON.stringify({ a: b }))).toBe(plain(a) === plain(b))
      }),
    ))
})

function sortMembers(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
