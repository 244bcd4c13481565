import type { SandboxCharge, SandboxCharges } from './sandbox-charges.port'

/** Charges of one process; they end with it. */
export class MemorySandboxCharges implements SandboxCharges {
  private readonly charges = new Map<string, SandboxCharge>()

  async insertIfAbsent(charge: SandboxCharge) {
    const known = this.charges.get(charge.idempotencyKey)
    if (known) return { charge: known, inserted: false }
    this.charges.set(charge.idempotencyKey, charge)
    return { charge, inserted: true }
  }

  async find(idempotencyKey: string): Promise<SandboxCharge | undefined> {
    return this.charges.get(idempotencyKey)
  }

  async list(organizationId: string, limit: number): Promise<SandboxCharge[]> {
    return [...this.charges.values()].filter((charge) => charge.organizationId === organizationId).slice(0, limit)
  }
}
