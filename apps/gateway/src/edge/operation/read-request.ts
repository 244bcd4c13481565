import { isUtf8 } from 'node:buffer'
import type { TSchema } from '@sinclair/typebox'
import { PublicError, type FieldProblem } from '@billstream/platform'
import { isStorableText, readJson } from '../json/read-json'
import type { Validated, Validator } from '../schema/validator'
import type { Operation } from './operation'

export interface RawRequest {
  readonly params: unknown
  readonly query: unknown
  /** The bytes as they came; absent without a body. */
  readonly body: unknown
  readonly contentType: string | undefined
}

interface ReadParts {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** Reads and validates all parts of a request. Throws PublicError 422 with every problem of every part. */
export function readRequest(operation: Operation, raw: RawRequest): ReadParts {
  const { validators } = operation
  const params = validate(validators.params, textsOf(raw.params), 'path')
  const query = validate(validators.query, textsOf(raw.query), 'query')
  const body = validators.body ? readBody(validators.body, raw) : { ok: true as const, value: undefined }
  if (params.ok && query.ok && body.ok) return { params: params.value, query: query.value, body: body.value }
  throw invalid([params, query, body].flatMap((part) => (part.ok ? [] : part.problems)))
}

/** The error of invalid fields; its code is `not_available` when one of them is known but not served yet. */
export function invalid(problems: readonly FieldProblem[]): PublicError {
  const notYet = problems.find(({ type }) => type === 'not_available')
  const [first] = notYet ? [notYet] : problems
  const field = first?.loc.join('.') ?? 'request'
  return new PublicError(422, notYet ? 'not_available' : 'invalid_request', `${field}: ${first?.msg ?? 'invalid'}`, {
    problems,
  })
}

function readBody(validator: Validator, { body, contentType }: RawRequest): Validated<TSchema> {
  if (!(body instanceof Buffer) || body.length === 0) return problem('missing', ['body'], 'Field required')
  if (!isJson(contentType)) return problem('content_type', ['body'], 'Send the body as application/json, in UTF-8.')
  // Read all the same, bytes that are no text would all become one sign, and two ids the same.
  if (!isUtf8(body)) return problem('utf8_invalid', ['body'], 'The body is not valid UTF-8.')
  const json = readJson(body.toString('utf8'))
  if (!json.ok) return problem(json.problem.type, ['body', ...json.problem.path], json.problem.message)
  return validator(json.value)
}

const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-?8"?\s*(?:;|$))/

function isJson(contentType: string | undefined): boolean {
  const label = (contentType ?? '').toLowerCase()
  const type = label.split(';', 1)[0]?.trim() ?? ''
  return (type === '' || type === 'application/json' || type.endsWith('+json')) && !OTHER_CHARSET.test(label)
}

/** A parameter that is sent several times counts as its last value. */
function textsOf(values: unknown): Record<string, string> {
  const entries = Object.entries((values ?? {}) as Record<string, string | string[]>)
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? (value.at(-1) ?? '') : value]))
}

function validate(validator: Validator, texts: Record<string, string>, part: string): Validated<TSchema> {
  const unstorable = Object.keys(texts).find((name) => !isStorableText(texts[name] ?? ''))
  if (unstorable !== undefined) return problem('bad_text', [part, unstorable], 'This text holds what no text may hold.')
  return validator(texts)
}

function problem(type: string, loc: (string | number)[], msg: string): Validated<TSchema> {
  return { ok: false, problems: [{ type, loc, msg }] }
}
