import type { Static, TSchema } from '@sinclair/typebox'
import type { FieldProblem } from '@billstream/platform'
import { Ajv, type ErrorObject, type FuncKeywordDefinition } from 'ajv'
import { problemOf } from './field-problem'
import { isPlainObject, readValue, type ReadRule } from './readers'
import { READ } from './wire'

/** Problems told of one request; further ones would only make the answer long. */
const PROBLEMS_MAX = 100

export type Validated<S extends TSchema> =
  { readonly ok: true; readonly value: Static<S> } | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/** Validates one part of a request and reads its values in place. */
export type Validator<S extends TSchema = TSchema> = (value: unknown) => Validated<S>

const readKeyword: FuncKeywordDefinition = {
  keyword: READ,
  modifying: true,
  errors: true,
  compile(rule: ReadRule) {
    const validate: ReturnType<FuncKeywordDefinition['compile'] & object> = (value: unknown, context) => {
      const outcome = readValue(value, rule)
      if (outcome.ok) {
        if (context)
          (context.parentData as Record<string | number, unknown>)[context.parentDataProperty] = outcome.value
        return true
      }
      validate.errors = [{ keyword: READ, message: outcome.message, params: { type: outcome.type } }]
      return false
    }
    return validate
  },
}

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, keywords: [readKeyword] })

/**
 * Compiles a schema once, into a function that reports every invalid field together. part: where it stands in the request.
 * Unknown members are ignored. Source: rules/boxbilling.md, section 2.
 */
export function compileValidator<S extends TSchema>(schema: S, part: 'body' | 'query' | 'path'): Validator<S> {
  const validate = ajv.compile(forValidation(schema) as object)
  return (value) => {
    if (!isPlainObject(value)) {
      return {
        ok: false,
        problems: [{ type: 'dict_type', loc: [part], msg: 'Input should be an object', input: value }],
      }
    }
    if (validate(value)) return { ok: true, value: value }
    const told = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if')
    return { ok: false, problems: told.slice(0, PROBLEMS_MAX).map((error: ErrorObject) => problemOf(error, part)) }
  }
}

/**
 * The schema as ajv shall see it: a value with a reading rule is checked by that alone; null is asked for first, so that only
 * the other branch reports; the items of a list that is too long are not looked at.
 */
function forValidation(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(forValidation)
  if (typeof schema !== 'object' || schema === null) return schema
  const node = schema as Record<string, unknown>
  if (node[READ] !== undefined) return { [READ]: node[READ] }
  return orNull(node) ?? withItems(node)
}

function orNull({ anyOf }: Record<string, unknown>): unknown {
  const [inner, none] = (anyOf ?? []) as { type?: unknown }[]
  return none?.type === 'null' ? { if: { not: { type: 'null' } }, then: forValidation(inner) } : undefined
}

function withItems({ $id: _id, items, ...rest }: Record<string, unknown>): unknown {
  const walked = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, forValidation(value)]))
  if (items === undefined) return walked
  const checked = { items: forValidation(items) }
  const { maxItems } = rest
  return maxItems === undefined ? { ...walked, ...checked } : { ...walked, if: { maxItems }, then: checked }
}
