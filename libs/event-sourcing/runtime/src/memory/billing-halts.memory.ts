import { compareInstants } from '@billstream/kernel'
import type { BillingHalt, BillingHalts } from '../ports/billing-halts.port'

/** Whether billing of an organization is halted, for the adapters that hold its rows. */
export interface HaltedOrganizations {
  isHalted(organizationId: string): boolean
}

/** Halts of one process. */
export class MemoryBillingHalts implements BillingHalts, HaltedOrganizations {
  private readonly halts = new Map<string, BillingHalt>()

  async halt(halt: BillingHalt): Promise<void> {
    if (!this.halts.has(halt.organizationId)) this.halts.set(halt.organizationId, { ...halt })
  }

  async resume(organizationId: string): Promise<void> {
    this.halts.delete(organizationId)
  }

  async all(): Promise<BillingHalt[]> {
    return [...this.halts.values()].sort((a, b) => compareInstants(a.at, b.at))
  }

  isHalted(organizationId: string): boolean {
    return this.halts.has(organizationId)
  }
}
