/** One active instance of a role in all processes. */
export interface Leases {
  /**
   * Waits until this process holds the role, then runs `work` with a signal that aborts when the hold is lost or `stop` aborts.
   * After a loss it waits again. Resolves when `stop` has aborted and the role is given back. Taken over within 5 s after a crash.
   * Work that ends by itself gives the role back and resolves; work that throws gives it back and rejects.
   */
  hold(role: string, stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void>
  /** Whether somebody holds the role at this moment, in whatever process. Throws when that cannot be found out. */
  isHeld(role: string): Promise<boolean>
}
