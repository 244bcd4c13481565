import type { Instant, Result, Uuid } from '@billstream/kernel'

/** Why a card was declined. Source: domain.md, section 10. */
export const DECLINE_REASONS = [
  'expired_card',
  'invalid_details',
  'fraud',
  'authentication_required',
  'invalid_card',
  'general_decline',
  'contact_provider',
  'lack_of_funds',
] as const
export type DeclineReason = (typeof DECLINE_REASONS)[number]

export interface ChargeRequest {
  /** One key is one charge, for ever. */
  readonly idempotencyKey: Uuid
  readonly organizationId: Uuid
  /** Minor units of the currency, above 0. */
  readonly amount: bigint
  readonly currency: string
  /** The provider's name of the payment method. */
  readonly methodToken: string
  /** Whether the customer is there to confirm; if not, a method that asks for it is declined with `authentication_required`. */
  readonly customerPresent: boolean
  /** Kept by the provider and sent along with its notifications. */
  readonly metadata: Readonly<Record<string, string>>
}

export type ChargeAnswer =
  | { readonly kind: 'succeeded'; readonly providerPaymentId: string }
  | { readonly kind: 'failed'; readonly providerPaymentId: string | null; readonly reason: DeclineReason }
  /** The outcome comes later, as a notification or when it is asked for. */
  | { readonly kind: 'processing'; readonly providerPaymentId: string }
  /** The customer must confirm (3DS). */
  | { readonly kind: 'action_required'; readonly providerPaymentId: string }

/** A message of the provider as it came, before anything is believed. */
export interface RawNotification {
  readonly headers: Readonly<Record<string, string>>
  /** The bytes that are signed, as text. */
  readonly body: string
}

/** A message that is proved to come from the provider. A repeat has the same id. */
export interface ProviderNotification {
  readonly id: string
  readonly idempotencyKey: Uuid
  readonly answer: ChargeAnswer
  readonly metadata: Readonly<Record<string, string>>
  readonly occurredAt: Instant
}

/** How far a notification's time may be from now, in milliseconds: what is older may be a replay. */
export const NOTIFICATION_AGE_MAX_MS = 300_000

/** The provider cannot be reached, or its answer was lost: what it did is unknown and must be asked for by the key. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable'
}

/** Somebody who charges payment methods. Called by workers only, never by a message handler. */
export interface PaymentProvider {
  readonly name: string
  /** Whether the token can be one of this provider, judged by its text alone: no call. */
  isKnownToken(token: string): boolean
  /**
   * Charges once per key: a repeat gets the first answer, or what has become of it since. Declines are answers.
   * Throws ProviderUnavailable: the charge may have happened; AbortError when the signal aborts, with the same meaning.
   */
  charge(request: ChargeRequest, signal?: AbortSignal): Promise<ChargeAnswer>
  /** What became of the charge with this key; undefined: there was none. Throws ProviderUnavailable. Safe to repeat. */
  find(idempotencyKey: Uuid, signal?: AbortSignal): Promise<ChargeAnswer | undefined>
  /** Proves and reads a notification. Refusals: `signature_invalid`, `notification_too_old`, `notification_malformed`. */
  readNotification(raw: RawNotification): Result<ProviderNotification, NotificationRefusal>
  /**
   * Notifications of a provider that needs no HTTP to bring them. At least once, in no order; what was not taken when the
   * process ends is lost, as any notification may be, and found by asking. Ends when the signal aborts.
   */
  notifications?(signal: AbortSignal): AsyncIterable<RawNotification>
}

export type NotificationRefusal = 'signature_invalid' | 'notification_too_old' | 'notification_malformed'
