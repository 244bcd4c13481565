export interface ProjectionPause {
  readonly projection: string
  readonly by: string
  readonly reason: string
  readonly at: string
}

/** The last failure of a projection that was not one of infrastructure. */
export interface ProjectionFailure {
  readonly projection: string
  readonly error: string
  readonly at: string
}

/** How operators hold a projection, and what they see of its failures. What is said here outlives every process. */
export interface ProjectionControls {
  /** From now on the view changes no more: `ViewWriter.commit` moves nothing. false: it was paused already; that pause stays. */
  pause(pause: ProjectionPause): Promise<boolean>
  /** It goes on within a second, from where it stood. false: it was not paused. */
  resume(projection: string): Promise<boolean>
  isPaused(projection: string): Promise<boolean>
  /** By name. */
  pauses(): Promise<ProjectionPause[]>
  failed(failure: ProjectionFailure): Promise<void>
  /** By name. */
  failures(): Promise<ProjectionFailure[]>
}
