/** One invalid field of a request. */
export interface FieldProblem {
  /** What is wrong, snake_case. */
  readonly type: string
  /** From where (`body`, `query`, `path`), then keys and indexes. */
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input?: unknown
}

export interface PublicErrorOptions {
  /** Every invalid field, together. */
  readonly problems?: readonly FieldProblem[]
  /** Seconds after which a repeat may succeed. */
  readonly retryAfterSeconds?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What a client is told: a status, a code that is the contract and a message for people. Thrown at the edge only. */
export class PublicError extends Error {
  override readonly name = 'PublicError'

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly options: PublicErrorOptions = {},
  ) {
    super(message)
  }
}
