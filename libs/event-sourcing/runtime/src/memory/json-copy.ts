/**
 * What a store of JSON gives back. Memory adapters keep such copies, so that a caller cannot change a stored value by its
 * reference, and a value that is no JSON (a bigint) fails here as it does in PostgreSQL. undefined becomes null.
 */
export function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value ?? null)) as T
}
