/**
 * What of one partition is done. Messages end in any order, but only a gapless beginning may be committed: what lies behind an
 * unfinished message comes again after a crash.
 */
export class OffsetTracker {
  private readonly open: { readonly offset: bigint; done: boolean }[] = []
  private next: bigint | undefined
  private committed: bigint | undefined

  /** The returned function says that the message is done. */
  begin(offset: bigint): () => void {
    const entry = { offset, done: false }
    this.open.push(entry)
    return () => {
      entry.done = true
      this.advance()
    }
  }

  /** The offset from which the partition is to be read again, when it has moved since it was committed. */
  toCommit(): bigint | undefined {
    return this.next === this.committed ? undefined : this.next
  }

  wasCommitted(offset: bigint): void {
    this.committed = offset
  }

  private advance(): void {
    let done = 0
    for (const entry of this.open) {
      if (!entry.done) break
      this.next = entry.offset + 1n
      done += 1
    }
    this.open.splice(0, done)
  }
}
