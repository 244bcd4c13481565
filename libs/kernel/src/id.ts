import { parse, v5, v7 } from 'uuid'

export type Uuid = string

/** Chance as a port: new ids are made at the edges, never in domain code. */
export interface IdSource {
  /** A new UUID v7: ordered by time. */
  next(): Uuid
}

const BILLSTREAM_NAMESPACE = parse('6b1f3f3e-6a44-5d5e-9a0b-3f1f5a0c7d21')

/** The id derived from its parts: the same parts give the same UUID v5, for ever. Parts are joined unambiguously. */
export function derivedId(...parts: readonly (string | number)[]): Uuid {
  return v5(JSON.stringify(parts), BILLSTREAM_NAMESPACE)
}

export function timeOrderedId(): Uuid {
  return v7()
}
