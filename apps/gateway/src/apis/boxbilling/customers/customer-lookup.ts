import { customerView, type CustomerRow } from '@billstream/accounts-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { type CustomerTimes, type CustomerTime } from '../../../edge/commands/customer-time'
import { type GatewayReads } from '../../../edge/queries/gateway-reads'
import { refused } from '../refused'

/** Finds customers of the caller's organization, and the time that rules them. */
export class CustomerLookup {
  constructor(
    private readonly reads: GatewayReads,
    private readonly times: CustomerTimes,
  ) {}

  /** Refusal `customer_not_found`, also for a deleted one. field: where a body names it. */
  async active(caller: KeyCaller, customerId: string, field?: string): Promise<CustomerRow> {
    const row = await this.reads.views.get(customerView, caller.organizationId, customerId)
    if (row?.status === 'active') return row
    throw refused('customer_not_found', 'There is no such customer.', field)
  }

  /** Customer time for a write on what belongs to the customer, which may be deleted. Throws 409 while its clock advances. */
  async timeOfWrite(caller: KeyCaller, customerId: string): Promise<CustomerTime> {
    return this.times.ofWrite(await this.any(caller, customerId))
  }

  /** Customer time for a read. */
  async timeOf(caller: KeyCaller, customerId: string): Promise<CustomerTime> {
    return this.times.of(await this.any(caller, customerId))
  }

  private async any(caller: KeyCaller, customerId: string): Promise<CustomerRow> {
    const row = await this.reads.views.get(customerView, caller.organizationId, customerId)
    if (!row) throw refused('customer_not_found', 'There is no such customer.')
    return row
  }
}
