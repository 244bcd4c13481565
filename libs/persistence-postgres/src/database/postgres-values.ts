import { types } from 'pg'

const OID = {
  boolean: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  float4: 700,
  float8: 701,
  date: 1082,
  timestamp: 1114,
  instant: 1184,
}
const asIs = (text: string): unknown => text
// Microseconds have at most six digits; milliseconds are always written, as the kernel's canonical instant asks.
const POSTGRES_INSTANT = /^(\d{4,})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/

/** PostgreSQL's text of a timestamptz (session in UTC, ISO style) as a canonical instant; microseconds are kept. */
function instantFromPostgres(text: string): string {
  const match = POSTGRES_INSTANT.exec(text)
  if (!match) throw new RangeError(`Not an instant in UTC: ${text}`)
  const fraction = (match[5] ?? '').padEnd(6, '0')
  return `${match[1]}-${match[2]}-${match[3]}T${match[4]}.${fraction.endsWith('000') ? fraction.slice(0, 3) : fraction}Z`
}

const parsers = new Map<number, (text: string) => unknown>([
  [OID.boolean, (text) => text === 't'],
  [OID.int2, Number],
  [OID.int4, Number],
  [OID.float4, Number],
  [OID.float8, Number],
  [OID.int8, asIs],
  [OID.date, asIs],
  [OID.timestamp, asIs],
  [OID.instant, instantFromPostgres],
])

/**
 * How a column's text becomes a value: bigint and numeric stay strings of digits, timestamptz is a canonical instant in
 * UTC, json is parsed, arrays are arrays of the driver's own parsers.
 */
export function parserOf(oid: number): (text: string) => unknown {
  return parsers.get(oid) ?? (types.getTypeParser(oid, 'text') as (text: string) => unknown)
}

/** The same for pools and clients of the driver. */
export const postgresTypes = {
  getTypeParser: ((oid: number) => parserOf(oid)) as typeof types.getTypeParser,
}

/** A statement's parameter. Arrays become PostgreSQL arrays; for JSON pass the text. */
export type Parameter =
  string | number | bigint | boolean | null | readonly (string | number | bigint | boolean | null)[]

/** The text form of a parameter. */
export function parameterText(value: Parameter): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'object') return arrayLiteral(value)
  return String(value)
}

function arrayLiteral(values: readonly (string | number | bigint | boolean | null)[]): string {
  return `{${values.map(arrayElement).join(',')}}`
}

function arrayElement(value: string | number | bigint | boolean | null): string {
  if (value === null) return 'NULL'
  if (typeof value !== 'string') return String(value)
  // Most texts need no escape, and to look for one costs far less than to replace it.
  return value.includes('"') || value.includes('\\') ? `"${value.replace(/[\\"]/g, '\\$&')}"` : `"${value}"`
}
