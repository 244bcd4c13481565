import { testClockView, type CustomerRow, type TestClockRow } from '@billstream/accounts-read-model'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { Instant, Uuid } from '@billstream/kernel'
import { PublicError } from '@billstream/platform'

/** The customer's test clock, else real time. Source: domain.md, section 3. */
export interface CustomerTime {
  readonly now: Instant
  readonly clockId?: Uuid
}

/** Which time rules a customer. */
export class CustomerTimes {
  constructor(private readonly ports: Pick<PlatformPorts, 'views' | 'clock'>) {}

  /** For reads: where the clock stands, also while it advances. */
  async of(customer: Pick<CustomerRow, 'organization_id' | 'test_clock_id'>): Promise<CustomerTime> {
    const clock = await this.clockOf(customer)
    return clock ? { now: clock.frozen_time, clockId: clock.id } : { now: this.ports.clock.now() }
  }

  /** For writes. Throws PublicError 409 `test_clock_advancing` while the clock advances. */
  async ofWrite(customer: Pick<CustomerRow, 'organization_id' | 'test_clock_id'>): Promise<CustomerTime> {
    const clock = await this.clockOf(customer)
    if (!clock) return { now: this.ports.clock.now() }
    if (clock.status === 'advancing') throw testClockAdvancing()
    return { now: clock.frozen_time, clockId: clock.id }
  }

  private async clockOf({
    organization_id: organizationId,
    test_clock_id: clockId,
  }: Pick<CustomerRow, 'organization_id' | 'test_clock_id'>): Promise<TestClockRow | undefined> {
    return clockId === null ? undefined : this.ports.views.get(testClockView, organizationId, clockId)
  }
}

function testClockAdvancing(): PublicError {
  return new PublicError(409, 'test_clock_advancing', "The customer's test clock is advancing.", {
    retryAfterSeconds: 1,
  })
}
