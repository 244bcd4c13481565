import { compareInstants } from '@billstream/kernel'
import type {
  DeliveredObject,
  Deliveries,
  Delivery,
  DeliveryAttempt,
  DeliverySearch,
  DeliveryStatus,
} from '../ports/deliveries.port'

interface Entry {
  delivery: Delivery
  leaseUntil?: string
}

/** Deliveries of one process; a map keeps the order in which they were added. */
export class MemoryDeliveries implements Deliveries {
  private readonly entries = new Map<string, Entry>()
  private readonly attemptsMade = new Map<string, DeliveryAttempt>()

  async add(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) {
      if (!this.entries.has(delivery.id)) this.entries.set(delivery.id, { delivery })
    }
  }

  async take(now: string, leaseUntil: string, limit: number): Promise<Delivery[]> {
    const taken = this.unblocked()
      .filter((entry) => compareInstants(freeAt(entry), now) <= 0)
      .sort((a, b) => compareInstants(dueOf(a), dueOf(b)))
      .slice(0, limit)
    for (const entry of taken) entry.leaseUntil = leaseUntil
    return taken.map(({ delivery }) => delivery)
  }

  async record(delivery: Delivery, attempt: DeliveryAttempt): Promise<void> {
    if (this.attemptsMade.has(attempt.id)) return
    const entry = this.entries.get(delivery.id)
    const rewritten = entry !== undefined && entry.delivery.body !== delivery.body
    const { errorMessage } = attempt
    this.attemptsMade.set(attempt.id, {
      ...attempt,
      responseBody: rewritten ? null : storable(attempt.responseBody),
      errorMessage: storable(errorMessage),
    })
    if (!entry || entry.delivery.attempts >= delivery.attempts) return
    const open = entry.delivery.status === 'pending'
    const status = open || delivery.status === 'succeeded' ? delivery.status : entry.delivery.status
    const nextAttemptAt = open ? delivery.nextAttemptAt : null
    const { retries, attempts, lastAttemptAt, httpStatus, updatedAt } = delivery
    const response = rewritten ? null : storable(delivery.response)
    const outcome = { retries, attempts, lastAttemptAt, httpStatus, updatedAt, response }
    this.entries.set(delivery.id, { delivery: { ...entry.delivery, ...outcome, status, nextAttemptAt } })
  }

  async nextAt(): Promise<string | undefined> {
    return this.unblocked().map(freeAt).sort(compareInstants)[0]
  }

  async get(organizationId: string, id: string): Promise<Delivery | undefined> {
    return this.of(organizationId).find((delivery) => delivery.id === id)
  }

  async attempts(organizationId: string, deliveryId: string): Promise<DeliveryAttempt[]> {
    return [...this.attemptsMade.values()]
      .filter((attempt) => attempt.organizationId === organizationId && attempt.deliveryId === deliveryId)
      .sort((a, b) => a.attemptNumber - b.attemptNumber || compareInstants(a.attemptedAt, b.attemptedAt))
  }

  async list(
    organizationId: string,
    filter: { webhookType?: string; status?: DeliveryStatus; skip: number; limit: number },
  ): Promise<{ deliveries: Delivery[]; total: number }> {
    const matching = this.of(organizationId)
      .filter(({ webhookType }) => filter.webhookType === undefined || webhookType === filter.webhookType)
      .filter(({ status }) => filter.status === undefined || status === filter.status)
      .sort((a, b) => compareInstants(b.createdAt, a.createdAt) || (a.id < b.id ? -1 : 1))
    return { deliveries: matching.slice(filter.skip, filter.skip + filter.limit), total: matching.length }
  }

  async ofEvent(eventId: string): Promise<Delivery[]> {
    return this.all().filter((delivery) => delivery.eventId === eventId)
  }

  async search({ organizationId, object, status, from, to, after, limit }: DeliverySearch): Promise<Delivery[]> {
    return this.all()
      .filter((delivery) => organizationId === undefined || delivery.organizationId === organizationId)
      .filter((delivery) => object === undefined || isAbout(delivery, object))
      .filter((delivery) => status === undefined || delivery.status === status)
      .filter(({ createdAt }) => compareInstants(createdAt, from) >= 0 && compareInstants(createdAt, to) < 0)
      .filter((delivery) => after === undefined || byAge(delivery, after) > 0)
      .sort(byAge)
      .slice(0, limit)
  }

  async retry(organizationId: string, id: string, now: string): Promise<Delivery | undefined> {
    const delivery = this.of(organizationId).find((each) => each.id === id)
    if (delivery?.status !== 'failed') return undefined
    const due: Delivery = { ...delivery, status: 'pending', nextAttemptAt: now, updatedAt: now }
    this.entries.set(id, { delivery: due })
    return due
  }

  async stats(organizationId: string) {
    const deliveries = this.of(organizationId)
    const endpointIds = [...new Set(deliveries.map(({ endpointId }) => endpointId))].sort()
    return endpointIds.map((endpointId) => {
      const own = deliveries.filter((delivery) => delivery.endpointId === endpointId)
      const count = (status: DeliveryStatus) => own.filter((delivery) => delivery.status === status).length
      const counts = { succeeded: count('succeeded'), failed: count('failed'), pending: count('pending') }
      return { endpointId, ...counts, total: own.length }
    })
  }

  async failingSince(organizationId: string, endpointId: string): Promise<string | undefined> {
    const made = [...this.attemptsMade.values()]
      .filter((attempt) => this.entries.get(attempt.deliveryId)?.delivery.endpointId === endpointId)
      .filter((attempt) => attempt.organizationId === organizationId)
      .sort((a, b) => compareInstants(a.attemptedAt, b.attemptedAt))
    const lastSuccess = made.findLast(({ success }) => success)?.attemptedAt
    return made.find(({ attemptedAt }) => !lastSuccess || compareInstants(attemptedAt, lastSuccess) > 0)?.attemptedAt
  }

  async cancelOf(organizationId: string, endpointId: string, now: string): Promise<void> {
    for (const delivery of this.of(organizationId)) {
      if (delivery.endpointId !== endpointId || delivery.status !== 'pending') continue
      const ended: Delivery = { ...delivery, status: 'failed', nextAttemptAt: null, updatedAt: now }
      this.entries.set(delivery.id, { delivery: ended })
    }
  }

  async rewriteBodies(
    organizationId: string,
    object: DeliveredObject,
    rewrite: (body: string) => string,
  ): Promise<void> {
    for (const delivery of this.of(organizationId)) {
      const entry = this.entries.get(delivery.id)
      if (!entry || !isAbout(delivery, object)) continue
      entry.delivery = { ...delivery, body: rewrite(delivery.body), response: null }
      for (const [id, attempt] of this.attemptsMade) {
        if (attempt.deliveryId === delivery.id) this.attemptsMade.set(id, { ...attempt, responseBody: null })
      }
    }
    return Promise.resolve()
  }

  private all(): Delivery[] {
    return [...this.entries.values()].map(({ delivery }) => delivery)
  }

  private of(organizationId: string): Delivery[] {
    return this.all().filter((delivery) => delivery.organizationId === organizationId)
  }

  /** Open ones, without first attempts that must wait for an earlier one of the same object and endpoint. */
  private unblocked(): Entry[] {
    const firsts = new Set<string>()
    return [...this.entries.values()]
      .filter(({ delivery }) => delivery.status === 'pending')
      .sort((a, b) => compareInstants(a.delivery.createdAt, b.delivery.createdAt))
      .filter(({ delivery }) => {
        if (delivery.attempts > 0) return true
        const { organizationId, endpointId, objectType, objectId } = delivery
        const object = JSON.stringify([organizationId, endpointId, objectType, objectId])
        return !firsts.has(object) && firsts.add(object)
      })
  }
}

function isAbout(delivery: Delivery, { objectType, objectId }: DeliveredObject): boolean {
  return delivery.objectType === objectType && delivery.objectId === objectId
}

function byAge(a: Pick<Delivery, 'createdAt' | 'id'>, b: Pick<Delivery, 'createdAt' | 'id'>): number {
  return compareInstants(a.createdAt, b.createdAt) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function dueOf({ delivery }: Entry): string {
  if (delivery.nextAttemptAt === null)
    throw new Error(`The delivery ${delivery.id} is pending and has no next attempt.`)
  return delivery.nextAttemptAt
}

function freeAt(entry: Entry): string {
  const { leaseUntil } = entry
  const due = dueOf(entry)
  return leaseUntil !== undefined && compareInstants(leaseUntil, due) > 0 ? leaseUntil : due
}

/** PostgreSQL's text holds no NUL, and a receiver may answer anything. */
function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '\uFFFD')
}
