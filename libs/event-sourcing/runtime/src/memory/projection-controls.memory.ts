import type { ProjectionControls, ProjectionFailure, ProjectionPause } from '../ports/projection-controls.port'

/** Pauses and failures of one process. */
export class MemoryProjectionControls implements ProjectionControls {
  private readonly paused = new Map<string, ProjectionPause>()
  private readonly lastFailures = new Map<string, ProjectionFailure>()

  async pause(pause: ProjectionPause): Promise<boolean> {
    if (this.paused.has(pause.projection)) return false
    this.paused.set(pause.projection, { ...pause })
    return true
  }

  async resume(projection: string): Promise<boolean> {
    return this.paused.delete(projection)
  }

  async isPaused(projection: string): Promise<boolean> {
    return this.paused.has(projection)
  }

  async pauses(): Promise<ProjectionPause[]> {
    return inOrder(this.paused)
  }

  async failed(failure: ProjectionFailure): Promise<void> {
    this.lastFailures.set(failure.projection, { ...failure })
  }

  async failures(): Promise<ProjectionFailure[]> {
    return inOrder(this.lastFailures)
  }
}

function inOrder<T extends { readonly projection: string }>(known: ReadonlyMap<string, T>): T[] {
  return [...known.values()].sort((a, b) => (a.projection < b.projection ? -1 : 1))
}
