import type { FieldProblem } from '@billstream/platform'
import type { ErrorObject } from 'ajv'

/** An error of a schema as this family of APIs tells it: type, place, message, input. */
export function problemOf(error: ErrorObject, part: string): FieldProblem {
  const loc = [part, ...pathOf(error)]
  const { type, msg } = describe(error)
  return { type, loc, msg, input: error.data }
}

function pathOf({ instancePath, keyword, params }: ErrorObject): (string | number)[] {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  return keyword === 'required' ? [...path, (params as { missingProperty: string }).missingProperty] : path
}

function describe(error: ErrorObject): { type: string; msg: string } {
  const params = error.params as { type?: string; limit?: number }
  const limited = LIMITS[error.keyword]
  if (limited) return { type: limited.type, msg: `${limited.what} ${amount(params.limit, limited.unit)}` }
  if (error.keyword === 'required') return { type: 'missing', msg: 'Field required' }
  const type = params.type ?? ''
  if (error.keyword === 'type') return { type: TYPES[type] ?? 'type_error', msg: `Input should be a valid ${type}` }
  return { type: type || 'value_error', msg: error.message ?? 'Invalid value' }
}

const LIMITS: Readonly<Record<string, { type: string; what: string; unit: string }>> = {
  minLength: { type: 'string_too_short', what: 'String should have at least', unit: 'character' },
  maxLength: { type: 'string_too_long', what: 'String should have at most', unit: 'character' },
  minItems: { type: 'too_short', what: 'List should have at least', unit: 'item' },
  maxItems: { type: 'too_long', what: 'List should have at most', unit: 'item' },
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'string_type',
  array: 'list_type',
  object: 'dict_type',
  boolean: 'bool_type',
  integer: 'int_type',
}

function amount(limit: number | undefined, unit: string): string {
  return `${limit} ${unit}${limit === 1 ? '' : 's'}`
}
