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
  switch (error.keyword) {
    case 'required':
      return { type: 'missing', msg: 'Field required' }
    case 'type':
      return { type: TYPES[params.type ?? ''] ?? 'type_error', msg: `Input should be a valid ${params.type}` }
    case 'minLength':
      return { type: 'string_too_short', msg: `String should have at least ${characters(params.limit)}` }
    case 'maxLength':
      return { type: 'string_too_long', msg: `String should have at most ${characters(params.limit)}` }
    case 'minItems':
      return { type: 'too_short', msg: `List should have at least ${items(params.limit)}` }
    case 'maxItems':
      return { type: 'too_long', msg: `List should have at most ${items(params.limit)}` }
    default:
      return { type: params.type ?? 'value_error', msg: error.message ?? 'Invalid value' }
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'string_type',
  array: 'list_type',
  object: 'dict_type',
  boolean: 'bool_type',
  integer: 'int_type',
}

function characters(limit: number | undefined): string {
  return `${limit} character${limit === 1 ? '' : 's'}`
}

function items(limit: number | undefined): string {
  return `${limit} item${limit === 1 ? '' : 's'}`
}
