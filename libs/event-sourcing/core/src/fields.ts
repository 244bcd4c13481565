import { Type, type TSchema } from '@sinclair/typebox'

/** Shapes that contracts share. */
export const Field = {
  id: Type.String({ format: 'uuid' }),
  instant: Type.String({ format: 'date-time', description: 'UTC' }),
  /** Minor units as digits, up to 18 of them. */
  minor: Type.String({ pattern: '^-?\\d{1,18}$', description: 'minor units' }),
  /** Exact decimal, at most 18 digits before the point and 12 after. */
  decimal: Type.String({ pattern: '^-?\\d{1,18}(\\.\\d{1,12})?$' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
  timezone: Type.String({ description: 'IANA name' }),
  text: Type.String(),
  integer: Type.Integer(),
  boolean: Type.Boolean(),
  json: Type.Unknown(),
  object: Type.Record(Type.String(), Type.Unknown()),
  orNull: <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]),
} as const

/** Half-open, UTC. */
export const PeriodField = Type.Object({ start: Field.instant, end: Field.instant })
