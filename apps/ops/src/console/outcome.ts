/** How a command ended, for scripts: each outcome has an exit code of its own. */
export type Outcome = 'ok' | 'differences' | 'refused' | 'wrong_usage' | 'unavailable' | 'failed' | 'interrupted'

/** 1: it looked and found something, or a rule forbade it. 2: the call is wrong. 3: something is out of reach. */
export const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  ok: 0,
  differences: 1,
  refused: 1,
  wrong_usage: 2,
  unavailable: 3,
  // A bug: EX_SOFTWARE of sysexits.h.
  failed: 70,
  // 128 and the number of SIGINT, as shells count.
  interrupted: 130,
}

/** What ended a command, for people as a sentence and for machines as `{"error": ...}`. */
export interface Failure {
  readonly code: Exclude<Outcome, 'ok'>
  readonly message: string
  /** Of a bug: what its report must hold. */
  readonly stack?: string
}

/** A command that ends with a sentence for the operator instead of a result. */
export class CommandEnded extends Error {
  override readonly name = 'CommandEnded'
  constructor(
    readonly outcome: Exclude<Outcome, 'ok' | 'failed'>,
    message: string,
  ) {
    super(message)
  }
}

/** Ctrl-C came before the end. message: what was done, and what was not. */
export function interrupted(message: string): CommandEnded {
  return new CommandEnded('interrupted', message)
}

/** An argument that cannot be used. argument: as the operator wrote it or as the help names it, such as `--from`. */
export function wrongUsage(argument: string, message: string): CommandEnded {
  return new CommandEnded('wrong_usage', `${argument}: ${message}`)
}

/** What was asked for does not exist, or a rule forbids it. */
export function refused(message: string): CommandEnded {
  return new CommandEnded('refused', message)
}
