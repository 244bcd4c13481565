export interface KeptAnswer {
  readonly status: number
  /** The body as sent, or sealed when it holds a secret. */
  readonly body: string
  readonly sealed: boolean
}

export type BeginAnswer =
  | { readonly kind: 'begun' }
  | { readonly kind: 'kept'; readonly answer: KeptAnswer }
  | { readonly kind: 'running' }
  | { readonly kind: 'reused' }

/** Idempotency of the public APIs. `scope` is the organization, or a credential where none is known. */
export interface Answers {
  /** Marks the key as running until `leaseUntil` (real time) unless it is kept, running or used for another request. */
  begin(scope: string, key: string, fingerprint: string, now: string, leaseUntil: string): Promise<BeginAnswer>
  renew(scope: string, key: string, leaseUntil: string): Promise<void>
  keep(scope: string, key: string, answer: KeptAnswer, keepUntil: string): Promise<void>
  /** A failure is not kept: the next call runs again, and the key is free for any request. */
  forget(scope: string, key: string): Promise<void>
  /** Removes answers and marks whose time is over; returns how many. */
  purge(now: string): Promise<number>
}
