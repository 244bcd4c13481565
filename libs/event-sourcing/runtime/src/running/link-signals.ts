/** A signal that aborts with its first source, until it is released. */
export interface LinkedSignal {
  readonly signal: AbortSignal
  release(): void
}

/**
 * What `AbortSignal.any` makes is kept by Node (20, 22) for as long as its longest lived source, which for a loop is as long as the
 * program: whoever links signals again and again must be able to release them. Source: nodejs/node#54614.
 */
export function linkSignals(...sources: readonly AbortSignal[]): LinkedSignal {
  const linked = new AbortController()
  const aborted = sources.find((source) => source.aborted)
  if (aborted) {
    linked.abort(aborted.reason)
    return { signal: linked.signal, release: () => undefined }
  }
  const abort = (event: Event): void => linked.abort((event.target as AbortSignal).reason)
  for (const source of sources) source.addEventListener('abort', abort)
  const release = (): void => {
    for (const source of sources) source.removeEventListener('abort', abort)
  }
  return { signal: linked.signal, release }
}
