export interface BillingHalt {
  readonly organizationId: string
  readonly reason: string
  readonly by: string
  readonly at: string
}

/** Contexts to which no process's command goes while an organization's billing is halted; `accounts` is how it is resumed. */
export const HALTED_CONTEXTS = ['subscriptions', 'usage', 'invoicing', 'checkout', 'wallets'] as const

/**
 * Organizations whose billing stands still: their timers are not claimed, the commands that processes want of billing
 * contexts are not given out, their work is not taken. Nothing is lost: it lies where it lies until billing is resumed.
 */
export interface BillingHalts {
  /** A halt that is known stays as it is. */
  halt(halt: BillingHalt): Promise<void>
  /** A repeat is safe. */
  resume(organizationId: string): Promise<void>
  /** Oldest first. */
  all(): Promise<BillingHalt[]>
}
