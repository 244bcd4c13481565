/** Which event a letter is about. What it says stays in the store alone, where a person can be forgotten. */
export interface EventReference {
  readonly id: string
  readonly type: string
  readonly stream: string
  readonly revision: number
  /** As text. */
  readonly position: string
  /** Missing in letters kept before it was noted. */
  readonly correlationId?: string
}

export interface DeadLetter {
  readonly id: string
  readonly consumer: string
  readonly key: string
  readonly event: EventReference
  readonly error: string
  readonly tries: number
  readonly at: string
}

/** A letter as it lies there. */
export interface KeptLetter extends DeadLetter {
  /** It goes on by itself once it is the first of its key; false: it has failed and waits for an operator. */
  readonly waits: boolean
}

/** How a letter left: it was handled at last, or an operator gave it up. */
export interface LetterEnd {
  readonly outcome: 'handled' | 'dropped'
  /** Who: the consumer itself, or the operator. */
  readonly by: string
  /** Why; '' for handled ones. */
  readonly reason: string
  readonly at: string
}

export interface EndedLetter extends DeadLetter {
  readonly end: LetterEnd
}

/** Messages that failed 5 times, and with them, in order, every later message of the same key for that consumer. */
export interface DeadLetters {
  /** A known id changes nothing. A letter without a try of its own waits for those before it. */
  add(letter: DeadLetter): Promise<void>
  /** Of these keys of the consumer, those that have dead letters: their later messages follow them. */
  blockedKeys(consumer: string, keys: readonly string[]): Promise<ReadonlySet<string>>
  /** In the order added. */
  list(filter: { consumer?: string; limit: number }): Promise<KeptLetter[]>
  get(id: string): Promise<KeptLetter | undefined>
  /** The letters of one key, in the order added. */
  ofKey(consumer: string, key: string): Promise<KeptLetter[]>
  /** Letters about events of this correlation that have not left, whoever's they are; none of those kept without it. */
  pendingOf(correlationId: string): Promise<number>
  /** What the consumers can take up again: of each key the first letter, if it waits; oldest first. */
  takeable(consumers: readonly string[], limit: number): Promise<KeptLetter[]>
  /** Lets letters that have failed wait for another turn; returns how many. */
  retry(ids: readonly string[]): Promise<number>
  /** It was its turn and it failed: so many more tries. It waits for an operator again. */
  failedAgain(id: string, failure: { readonly error: string; readonly tries: number }): Promise<void>
  /** Takes letters out, and keeps them as ended; returns how many were there. A repeat is safe. */
  end(ids: readonly string[], end: LetterEnd): Promise<number>
  /** What left, last first. */
  ended(filter: { consumer?: string; limit: number }): Promise<EndedLetter[]>
}
