/**
 * Runs the work of one hold of a role. true: it is over, since it ended by itself or was stopped; false: the hold was lost,
 * so the role must be won again. Throws what the work throws, but for what it throws because it was told to end.
 */
export async function runUnderHold(
  work: (signal: AbortSignal) => Promise<void>,
  hold: AbortSignal,
  stop: AbortSignal,
): Promise<boolean> {
  try {
    await work(AbortSignal.any([hold, stop]))
  } catch (error) {
    const toldToEnd = hold.aborted || (stop.aborted && isAbort(error, stop))
    if (!toldToEnd) throw error
  }
  return stop.aborted || !hold.aborted
}

function isAbort(error: unknown, stop: AbortSignal): boolean {
  return error === stop.reason || (error instanceof Error && error.name === 'AbortError')
}
