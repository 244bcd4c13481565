/** Asks for the next one while the last one is worked on. What is asked for in vain is forgotten. */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const step = await next
      if (step.done === true) return
      next = iterator.next()
      // Whoever stops here does not wait for it, and its failure is nobody's.
      next.catch(() => undefined)
      yield step.value
    }
  } finally {
    void iterator.return?.()
  }
}
