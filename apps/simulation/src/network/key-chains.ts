/** Work of one key runs in the order given, one after the other; of different keys side by side. */
export class KeyChains {
  private readonly tails = new Map<string, Promise<unknown>>()

  get isIdle(): boolean {
    return this.tails.size === 0
  }

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve()
    const mine = before.then(work)
    const tail = mine.then(
      () => undefined,
      () => undefined,
    )
    this.tails.set(key, tail)
    void tail.then(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key)
    })
    return mine
  }
}
