import { derivedId, type Instant, type Uuid } from '@billstream/kernel'
import type { IngestEvent } from '@billstream/usage-contracts'
import type { Story } from '../story/story'
import type { CustomerNow } from './simulated-client'

export interface SimulatedCustomer {
  readonly id: Uuid
  readonly externalId: string
  readonly clock: SimulatedClock | null
  graceDays: number
  paymentMethods: number
}

export interface SimulatedClock {
  readonly id: Uuid
  now: Instant
}

export interface SimulatedSubscription {
  readonly id: Uuid
  readonly externalId: string
  readonly customer: SimulatedCustomer
  isEnded: boolean
}

/** Who takes part in a story, as a client keeps it in mind. */
export class Cast {
  readonly organizationId: Uuid
  readonly clocks: readonly SimulatedClock[]
  readonly customers: readonly SimulatedCustomer[]
  readonly subscriptions: SimulatedSubscription[] = []
  /** By transaction number, as first sent. */
  readonly sentUsage = new Map<number, IngestEvent>()

  constructor(
    readonly story: Story,
    start: Instant,
  ) {
    this.organizationId = this.idOf('organization', 0)
    this.clocks = Array.from({ length: story.setting.clocks }, (_, index) => ({
      id: this.idOf('clock', index),
      now: start,
    }))
    this.customers = story.setting.customers.map(({ clock, graceDays }, index) => ({
      id: this.idOf('customer', index),
      externalId: `customer-${index}`,
      clock: clock === null ? null : (this.clocks[clock] ?? null),
      graceDays: graceDays ?? 0,
      paymentMethods: 0,
    }))
  }

  idOf(kind: string, index: number): Uuid {
    return derivedId('simulated', this.story.seed, kind, index)
  }

  customer(index: number): SimulatedCustomer {
    const customer = this.customers[index]
    if (!customer) throw new RangeError(`The story has no customer ${index}.`)
    return customer
  }

  /** planned: real time as the story has it, whatever the platform's troubles cost. */
  nowOf({ clock }: Pick<SimulatedCustomer, 'clock'>, planned: Instant): CustomerNow {
    return clock ? { now: clock.now, clockId: clock.id } : { now: planned }
  }
}
