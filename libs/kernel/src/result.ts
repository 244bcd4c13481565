/** An expected refusal. code: snake_case, names the broken rule, stable for clients. field: dotted path into the input. */
export interface Refusal<Code extends string = string> {
  readonly code: Code
  readonly message: string
  readonly field?: string
  /** Every invalid field of the input, this one first, where several were checked together. */
  readonly errors?: readonly Refusal[]
}

export type Ok<T> = { readonly ok: true; readonly value: T }
export type Refused<Code extends string = string> = { readonly ok: false; readonly error: Refusal<Code> }
/** Expected outcomes are values; exceptions are for bugs and broken infrastructure. */
export type Result<T, Code extends string = string> = Ok<T> | Refused<Code>

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value }
}

export function refuse<Code extends string>(code: Code, message: string, field?: string): Refused<Code> {
  return { ok: false, error: field === undefined ? { code, message } : { code, message, field } }
}

/** Closes a switch over a union: a missing case fails to compile, an unknown value at run time is a bug. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}
