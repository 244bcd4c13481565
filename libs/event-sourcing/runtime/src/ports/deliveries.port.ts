export type DeliveryStatus = 'pending' | 'succeeded' | 'failed'

/** One webhook to one endpoint; a row, not an event. The id is v5(event, endpoint): it can exist once. */
export interface Delivery {
  readonly id: string
  readonly organizationId: string
  readonly endpointId: string
  readonly eventId: string
  /** Of the event: from the request that led to it to this delivery it is one. */
  readonly correlationId: string
  readonly format: string
  readonly webhookType: string
  readonly objectType: string
  readonly objectId: string
  /** The bytes that every attempt sends. */
  readonly body: string
  readonly status: DeliveryStatus
  /** Attempts made after the first. */
  readonly retries: number
  readonly attempts: number
  readonly nextAttemptAt: string | null
  readonly lastAttemptAt: string | null
  readonly httpStatus: number | null
  readonly response: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface DeliveryAttempt {
  readonly id: string
  readonly deliveryId: string
  readonly organizationId: string
  readonly attemptNumber: number
  readonly httpStatus: number | null
  readonly responseBody: string | null
  readonly success: boolean
  readonly errorMessage: string | null
  readonly durationMs: number
  readonly attemptedAt: string
}

/** What a webhook is about. */
export type DeliveredObject = Pick<Delivery, 'objectType' | 'objectId'>

export interface DeliverySearch {
  readonly organizationId?: string
  /** About this one. */
  readonly object?: DeliveredObject
  readonly status?: DeliveryStatus
  /** Half-open, by `createdAt`. */
  readonly from: string
  readonly to: string
  /** Behind this one. */
  readonly after?: Pick<Delivery, 'createdAt' | 'id'>
  readonly limit: number
}

export interface Deliveries {
  /** A known id changes nothing. */
  add(deliveries: readonly Delivery[]): Promise<void>
  /**
   * Takes due deliveries under a lease, longest due first. Of one object and endpoint the next first attempt waits until the previous
   * delivery's first attempt has ended, by `createdAt`, then as they were added; retries block nothing.
   */
  take(now: string, leaseUntil: string, limit: number): Promise<Delivery[]>
  /**
   * Records an attempt and what follows from it; a repeat is safe. Of two who made the same attempt the first decides, and
   * what was ended meanwhile is not opened again. NUL characters of an answer become U+FFFD.
   */
  record(delivery: Delivery, attempt: DeliveryAttempt): Promise<void>
  /** When the next delivery can be taken: its time, or the end of the lease on it if that is later. */
  nextAt(): Promise<string | undefined>
  get(organizationId: string, id: string): Promise<Delivery | undefined>
  /** In the order made. */
  attempts(organizationId: string, deliveryId: string): Promise<DeliveryAttempt[]>
  /** Newest first, ties by id. */
  list(
    organizationId: string,
    filter: { webhookType?: string; status?: DeliveryStatus; skip: number; limit: number },
  ): Promise<{ deliveries: Delivery[]; total: number }>
  /** For operators: of every organization, those about one event, in the order made. */
  ofEvent(eventId: string): Promise<Delivery[]>
  /** For operators: of every organization, oldest first, ties by id. */
  search(search: DeliverySearch): Promise<Delivery[]>
  /** Makes a failed one due now; undefined when there is none or it has not failed. */
  retry(organizationId: string, id: string, now: string): Promise<Delivery | undefined>
  /** Of each endpoint that has deliveries, by endpoint id. */
  stats(
    organizationId: string,
  ): Promise<{ endpointId: string; succeeded: number; failed: number; pending: number; total: number }[]>
  /**
   * Since when every attempt at the endpoint has failed; undefined when the last one succeeded or there was none.
   * Of attempts in the same instant none is the last: a success among them counts for all.
   */
  failingSince(organizationId: string, endpointId: string): Promise<string | undefined>
  /** Ends what is open for an endpoint that is gone or disabled: it has failed. */
  cancelOf(organizationId: string, endpointId: string, now: string): Promise<void>
  /**
   * When a person is erased: replaces the bodies about an object, and drops what receivers answered to them, since an answer
   * may repeat what was sent; also of an attempt that is recorded later but sent the old bytes. Later attempts send the new
   * ones. Safe to repeat when `rewrite` is.
   */
  rewriteBodies(organizationId: string, object: DeliveredObject, rewrite: (body: string) => string): Promise<void>
}
