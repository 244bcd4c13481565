import { LosslessNumber, parse as parseLossless } from 'lossless-json'
import { placeOfOffset } from './place-of-offset'

/** Levels of arrays and objects in one body: deeper ones would exhaust the stack of whatever walks them later. */
const JSON_DEPTH_MAX = 100
const EXACT_DIGITS_MAX = 15

interface JsonProblem {
  readonly type: 'json_invalid' | 'json_too_deep' | 'json_bad_text'
  readonly message: string
  /** Keys and indexes from the root to the place. */
  readonly path: readonly (string | number)[]
}

export type ReadJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: JsonProblem }

/**
 * Reads JSON so that no number loses a digit: the plain parser where every number has at most 15 significant digits and no
 * exponent, else the lossless one, whose other numbers are `LosslessNumber` with the text as it was sent.
 * Never throws. Source: architecture.md, section 3.
 */
export function readJson(text: string): ReadJson {
  let value: unknown
  try {
    value = needsLossless(text) ? readLossless(text) : JSON.parse(text)
  } catch (error) {
    return refusalOf(error, text)
  }
  return isDeeperThan(value, JSON_DEPTH_MAX) ? tooDeep() : checkTexts(text, value)
}

// Numbers stand after a colon, a bracket, a comma or at the start; a match inside a text only costs the slower parser.
const LONG_OR_EXPONENT = /(?:^|[:,[])\s*-?(?:[\d.]*\d[eE]|[\d.]{16,})/

function needsLossless(text: string): boolean {
  return LONG_OR_EXPONENT.test(text)
}

function exactNumber(text: string): number | LosslessNumber {
  const plain = !/[eE]/.test(text) && text.replace(/^-?[0.]*|\./g, '').length <= EXACT_DIGITS_MAX
  return plain ? Number(text) : new LosslessNumber(text)
}

/** Of two members with one name the last one counts, as with JSON.parse. */
function readLossless(text: string): unknown {
  return parseLossless(text, null, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue })
}

/** The lossless parser also says where the error is; the plain one does not in every version of Node. */
function refusalOf(error: unknown, text: string): ReadJson {
  if (error instanceof RangeError) return tooDeep()
  if (!(error instanceof SyntaxError)) throw error
  const position = /at position (\d+)/.exec(error.message)?.[1]
  if (position === undefined) return placed(text)
  const offset = Number(position)
  return problem('json_invalid', `This is not valid JSON: ${error.message}.`, placeOfOffset(text, offset))
}

function placed(text: string): ReadJson {
  try {
    readLossless(text)
  } catch (error) {
    if (error instanceof RangeError || /at position \d/.test(String(error))) return refusalOf(error, text)
    throw error
  }
  return problem('json_invalid', 'This is not valid JSON.', [])
}

function tooDeep(): ReadJson {
  return problem('json_too_deep', `At most ${JSON_DEPTH_MAX} levels may be nested.`, [])
}

function problem(type: JsonProblem['type'], message: string, path: readonly (string | number)[]): ReadJson {
  return { ok: false, problem: { type, message, path } }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value)
  return members.some((member) => isDeeperThan(member, levels - 1))
}

const ESCAPED_NUL_OR_SURROGATE = /\\u(?:0000|[dD][89a-fA-F])/
const UNSTORABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Whether a text can be kept: no NUL and no half of a surrogate pair, which no database column holds. */
export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/** Only an escape can bring such a character in, so most bodies are not walked. */
function checkTexts(text: string, value: unknown): ReadJson {
  const path = ESCAPED_NUL_OR_SURROGATE.test(text) ? pathOfBadText(value, []) : undefined
  return path
    ? problem('json_bad_text', 'A text may not hold NUL or half of a surrogate pair.', path)
    : { ok: true, value }
}

function pathOfBadText(value: unknown, path: readonly (string | number)[]): readonly (string | number)[] | undefined {
  if (typeof value === 'string') return isStorableText(value) ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  const members: [string | number, unknown][] = Array.isArray(value)
    ? value.map((member: unknown, index) => [index, member])
    : Object.entries(value)
  for (const [key, member] of members) {
    if (typeof key === 'string' && !isStorableText(key)) return path
    const found = pathOfBadText(member, [...path, key])
    if (found) return found
  }
  return undefined
}
