export interface DeadLetter {
  readonly id: string
  readonly consumer: string
  readonly key: string
  readonly message: unknown
  readonly error: string
  readonly tries: number
  readonly at: string
}

/** Messages that failed 5 times, and with them, in order, every later message of the same key for that consumer. */
export interface DeadLetters {
  /** A known id changes nothing. */
  add(letter: DeadLetter): Promise<void>
  /** Of these keys of the consumer, those that have dead letters: their later messages follow them. */
  blockedKeys(consumer: string, keys: readonly string[]): Promise<ReadonlySet<string>>
  /** In the order added. */
  list(filter: { consumer?: string; limit: number }): Promise<DeadLetter[]>
  /** The letters of one key in order, to be retried. */
  ofKey(consumer: string, key: string): Promise<DeadLetter[]>
  remove(ids: readonly string[]): Promise<void>
}
