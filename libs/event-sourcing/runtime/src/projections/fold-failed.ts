import type { Projection, RecordedEvent } from '@billstream/event-sourcing-core'

/** A fold threw: it is wrong, or the event is damaged. One line that names both. */
export class FoldFailed extends Error {
  override readonly name = 'FoldFailed'
}

/** A step of the fold of one event. Throws FoldFailed. */
export function folding<T>(projection: Projection, event: RecordedEvent, step: () => T): T {
  try {
    return step()
  } catch (error) {
    const { position, stream, type } = event
    const why = error instanceof Error ? error.message : String(error)
    throw new FoldFailed(`${projection.name} cannot fold position ${position} (${type} of ${stream}): ${why}`, {
      cause: error,
    })
  }
}
