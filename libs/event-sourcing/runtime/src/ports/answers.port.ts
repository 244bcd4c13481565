export interface KeptAnswer {
  readonly status: number
  /** The body as sent, or sealed when it holds a secret. */
  readonly body: string
  readonly sealed: boolean
}

/** An answer as it lies there. */
export interface HeldAnswer extends KeptAnswer {
  readonly key: string
  /** It is kept until then. */
  readonly until: string
}

export interface MentionPage {
  /** Behind this key. */
  readonly after?: string
  readonly limit: number
}

/** A request with an idempotency key; the fingerprint tells it from others with the same key. */
export interface KeyedMark {
  readonly key: string
  readonly fingerprint: string
}

export type BeginAnswer =
  | { readonly kind: 'begun' }
  | { readonly kind: 'kept'; readonly answer: KeptAnswer }
  | { readonly kind: 'running' }
  | { readonly kind: 'reused' }

/**
 * Idempotency of the public APIs. `scope` is the organization, or a credential where none is known.
 * `renew`, `keep` and `forget` do nothing once the lease has lapsed and another request has taken the key over.
 */
export interface Answers {
  /** Marks the key as running until `leaseUntil` (real time) unless it is kept, running or used for another request. */
  begin(scope: string, mark: KeyedMark, now: string, leaseUntil: string): Promise<BeginAnswer>
  renew(scope: string, mark: KeyedMark, leaseUntil: string): Promise<void>
  keep(scope: string, mark: KeyedMark, answer: KeptAnswer, keepUntil: string): Promise<void>
  /** A failure is not kept: the next call runs again, and the key is free for any request. */
  forget(scope: string, mark: KeyedMark): Promise<void>
  /**
   * When a person is erased: removes the kept answers of the scope whose body contains the text, and lets no request that
   * runs now keep one. A repeat acts again, under the same command id, so it has no second effect. Sealed answers stay: only
   * their caller can read them, and they hold keys. Returns how many were removed. A repeat is safe.
   */
  forgetMentions(scope: string, text: string): Promise<number>
  /** Exactly the answers that `forgetMentions` would remove, by key in byte order: what is held of a person. Reads only. */
  mentions(scope: string, text: string, page: MentionPage): Promise<HeldAnswer[]>
  /** Removes answers and marks whose time is over; returns how many. */
  purge(now: string): Promise<number>
}
