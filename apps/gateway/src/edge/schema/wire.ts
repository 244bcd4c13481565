import { Type, type TObject, type TProperties, type TSchema, type TUnsafe } from '@sinclair/typebox'
import type { RawJson } from '../json/write-json'
import type { ReadRule } from './readers'

/** The member of a schema that says how its value is read; never part of a document. */
export const READ = 'x-read'

function reading<T>(rule: ReadRule, document: Record<string, unknown>): TUnsafe<T> {
  return Type.Unsafe<T>({ ...document, [READ]: rule })
}

const FREE_OBJECT = { type: 'object', additionalProperties: true }
const AMOUNT = '^(?!^[-+.]*$)[+-]?0*\\d*\\.?\\d*$'

/**
 * The values of public APIs. One schema is the validation, the document and the type of what a controller gets: amounts and
 * decimals as text, instants canonical, currencies in capitals.
 */
export const wire = {
  text: (bounds: { min?: number; max?: number } = {}) =>
    Type.String({
      ...(bounds.min !== undefined && { minLength: bounds.min }),
      ...(bounds.max !== undefined && { maxLength: bounds.max }),
    }),
  uuid: () => reading<string>({ as: 'uuid' }, { type: 'string', format: 'uuid' }),
  instant: () => reading<string>({ as: 'instant' }, { type: 'string', format: 'date-time' }),
  email: () => reading<string>({ as: 'email' }, { type: 'string', format: 'email' }),
  boolean: () => reading<boolean>({ as: 'boolean' }, { type: 'boolean' }),
  currency: () => reading<string>({ as: 'currency' }, { type: 'string', minLength: 3, maxLength: 3 }),
  timezone: () => reading<string>({ as: 'timezone' }, { type: 'string', maxLength: 50 }),
  integer: (bounds: { minimum?: number; maximum?: number } = {}) =>
    reading<number>({ as: 'integer', ...bounds }, { type: 'integer', ...bounds }),
  /** Whole minor units as digits; in documents an integer. */
  minor: (bounds: { minimum?: number } = {}) =>
    reading<string>({ as: 'minor', ...bounds }, { type: 'integer', ...bounds }),
  /** An exact decimal as text; in documents a number or a string. */
  decimal: (bounds: { minimum?: number; maximum?: number } = {}) =>
    reading<string>({ as: 'decimal', ...bounds }, { anyOf: [{ type: 'number' }, { type: 'string', pattern: AMOUNT }] }),
  /** notYet: values that are known but not served yet; they are refused by name. */
  choice: <const V extends string, const N extends V = never>(
    values: readonly V[],
    options: { notYet?: readonly N[] } = {},
  ) =>
    reading<Exclude<V, N>>(
      { as: 'choice', values, ...(options.notYet && { notYet: options.notYet }) },
      { type: 'string', enum: values },
    ),
  /** Free members; a number that needs more than 15 digits is kept as text. */
  object: () => reading<Record<string, unknown>>({ as: 'object' }, FREE_OBJECT),
  /** Free members as JSON text, every digit as it was sent. */
  jsonText: () => reading<string>({ as: 'jsonText' }, FREE_OBJECT),
  /** Known, but not served yet: refused by name where it would act, ignored where it would not. */
  notYet: (document: TSchema) => reading<unknown>({ as: 'notYet' }, withoutRule(document)),
  orNull: <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]),
  /** Of answers only: an amount or a quantity as text with at least 4 places. */
  amountText: () => Type.String({ pattern: AMOUNT }),
  /** Of answers only: whole minor units as a number of up to 18 digits. */
  amountNumber: () => Type.Unsafe<bigint>({ type: 'integer' }),
  /** Of answers only: one of these texts. */
  label: (values: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: values }),
  /** Of answers only: an object whose JSON goes out as it came in. */
  rawObject: () => Type.Unsafe<RawJson>(FREE_OBJECT),
  /** Of answers only: free members. */
  anyObject: () => Type.Unsafe<Record<string, unknown>>(FREE_OBJECT),
} as const

/** A schema that documents name and refer to. */
export function named<P extends TProperties>(name: string, properties: P): TObject<P> {
  return Type.Object(properties, { $id: name })
}

/** A list query: `skip` and `limit` as bounded numbers, `order_by` as text. Source: rules/boxbilling.md, section 2. */
export const page = {
  skip: Type.Optional(wire.integer({ minimum: 0 })),
  limit: Type.Optional(wire.integer({ minimum: 1, maximum: 1_000 })),
} as const
export const sortedPage = { ...page, order_by: Type.Optional(wire.orNull(wire.text())) } as const

function withoutRule(schema: TSchema): Record<string, unknown> {
  const { [READ]: _rule, ...document } = schema as Record<string, unknown>
  return document
}
