import { isLosslessNumber } from 'lossless-json'

/** JSON text that goes out as it is: what a client sent, with its numbers' digits. */
export class RawJson {
  constructor(readonly text: string) {}
}

/**
 * The one JSON writer: as JSON.stringify, but a bigint (18 digits of minor units) is written as a number, a number that kept
 * its text by that text, and a `RawJson` as it is. Members that are undefined are left out.
 */
export function writeJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return value.toString()
  if (value === undefined) return 'null'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (value instanceof RawJson) return value.text
  if (isLosslessNumber(value)) return value.value
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`
  return writeObject(value)
}

function writeObject(value: object): string {
  let members = ''
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    members += `${members === '' ? '' : ','}${quoted(key)}:${writeJson(member)}`
  }
  return `{${members}}`
}

// What JSON escapes, and what JSON.stringify escapes besides: halves of surrogate pairs.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}
