import type { Instant, Uuid } from '@billstream/kernel'
import type { ChargeAnswer } from '@billstream/payment-providers-port'

/** A charge as the sandbox keeps it. Instants are real time. */
export interface SandboxCharge {
  readonly idempotencyKey: Uuid
  readonly organizationId: Uuid
  /** Minor units. */
  readonly amount: bigint
  readonly currency: string
  readonly methodToken: string
  readonly metadata: Readonly<Record<string, string>>
  readonly providerPaymentId: string
  readonly outcome: ChargeAnswer
  /** Before this instant the charge is in process. */
  readonly settlesAt: Instant
  readonly createdAt: Instant
}

/** Charges by idempotency key, for ever. */
export interface SandboxCharges {
  /** Keeps the charge unless its key is known; gives the kept one. A repeat is safe; of two at once one wins. */
  insertIfAbsent(charge: SandboxCharge): Promise<{ readonly charge: SandboxCharge; readonly inserted: boolean }>
  find(idempotencyKey: Uuid): Promise<SandboxCharge | undefined>
  /** In the order made; for operators and tests. */
  list(organizationId: Uuid, limit: number): Promise<SandboxCharge[]>
}
