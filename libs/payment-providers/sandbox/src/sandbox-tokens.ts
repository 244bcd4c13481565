import { DECLINE_REASONS, type DeclineReason } from '@billstream/payment-providers-port'

/** What a charge of a test card comes to, and how the sandbox tells it. */
export interface SandboxScenario {
  readonly outcome:
    | { readonly kind: 'succeeded' }
    | { readonly kind: 'failed'; readonly reason: DeclineReason }
    /** Asks for confirmation (3DS). */
    | { readonly kind: 'authentication' }
  /** `later`: the outcome exists only after a while. `lost`: the charge is kept, its answer never arrives. */
  readonly answer: 'at_once' | 'slow' | 'lost' | 'later'
  /** How often the outcome is notified, with one id. */
  readonly notifications: 0 | 1 | 2
}

const SUCCESS: SandboxScenario = { outcome: { kind: 'succeeded' }, answer: 'at_once', notifications: 0 }

/** One token for each outcome. Source: domain.md, section 10. */
export const SANDBOX_TOKENS: ReadonlyMap<string, SandboxScenario> = new Map<string, SandboxScenario>([
  ['pm_card_visa', SUCCESS],
  ...DECLINE_REASONS.map(
    (reason) => [`pm_card_declined_${reason}`, { ...SUCCESS, outcome: { kind: 'failed', reason } }] as const,
  ),
  ['pm_card_3ds', { ...SUCCESS, outcome: { kind: 'authentication' } }],
  ['pm_card_async_success', { ...SUCCESS, answer: 'later', notifications: 1 }],
  [
    'pm_card_async_failure',
    { outcome: { kind: 'failed', reason: 'general_decline' }, answer: 'later', notifications: 1 },
  ],
  ['pm_card_lost_answer', { ...SUCCESS, answer: 'lost' }],
  ['pm_card_duplicate_notification', { ...SUCCESS, notifications: 2 }],
  ['pm_card_slow', { ...SUCCESS, answer: 'slow' }],
])
