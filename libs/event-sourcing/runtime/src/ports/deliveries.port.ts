export type DeliveryStatus = 'pending' | 'succeeded' | 'failed'

/** One webhook to one endpoint; a row, not an event. The id is v5(event, endpoint): it can exist once. */
export interface Delivery {
  readonly id: string
  readonly organizationId: string
  readonly endpointId: string
  readonly eventId: string
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

export interface Deliveries {
  /** A known id changes nothing. */
  add(deliveries: readonly Delivery[]): Promise<void>
  /**
   * Takes due deliveries under a lease. Of one object and endpoint the next first attempt waits until the previous
   * delivery's first attempt has ended; retries block nothing.
   */
  take(now: string, leaseUntil: string, limit: number): Promise<Delivery[]>
  /** Records an attempt and what follows from it. */
  record(delivery: Delivery, attempt: DeliveryAttempt): Promise<void>
  nextAt(): Promise<string | undefined>
  get(organizationId: string, id: string): Promise<Delivery | undefined>
  attempts(organizationId: string, deliveryId: string): Promise<DeliveryAttempt[]>
  list(
    organizationId: string,
    filter: { webhookType?: string; status?: DeliveryStatus; skip: number; limit: number },
  ): Promise<{ deliveries: Delivery[]; total: number }>
  /** Makes a failed one due now. */
  retry(organizationId: string, id: string, now: string): Promise<Delivery | undefined>
  stats(
    organizationId: string,
  ): Promise<{ endpointId: string; succeeded: number; failed: number; pending: number; total: number }[]>
  /** Since when every attempt at the endpoint has failed; undefined when the last one succeeded or there was none. */
  failingSince(organizationId: string, endpointId: string): Promise<string | undefined>
  /** Ends what is open for an endpoint that is gone or disabled. */
  cancelOf(organizationId: string, endpointId: string, now: string): Promise<void>
}
