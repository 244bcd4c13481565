/** One line of the doctor. */
export interface Finding {
  /** What was looked at. */
  readonly about: string
  readonly state: 'ok' | 'warning' | 'problem'
  /** What was seen. */
  readonly seen: string
  /** What to do; '' when nothing has to be done. */
  readonly todo: string
}

/** What is seen before the platform can be opened: settings, connection, roles, migrations, clock, disk. */
export interface Diagnosis {
  readonly findings: readonly Finding[]
  /** Whether the rest can be looked at as well. */
  readonly canOpen: boolean
  /** Whether the event store can be asked; what is compared with it is not looked at otherwise. */
  readonly storeAnswers: boolean
  readonly readers: Readers
}

/** What follows the store's events, by the names under which it keeps its positions. */
export interface Readers {
  /**
   * The ways on which events may travel, each with those that hand them on: the relay over Kafka, and in one process the feed of each
   * context. A data folder does not tell how it is run; the way that has come furthest does.
   */
  readonly ways: readonly (readonly string[])[]
  readonly timerRules: readonly string[]
}

export type Diagnose = () => Promise<Diagnosis>

export function fine(about: string, seen: string): Finding {
  return { about, state: 'ok', seen, todo: '' }
}

export function warning(about: string, seen: string, todo: string): Finding {
  return { about, state: 'warning', seen, todo }
}

export function problem(about: string, seen: string, todo: string): Finding {
  return { about, state: 'problem', seen, todo }
}
