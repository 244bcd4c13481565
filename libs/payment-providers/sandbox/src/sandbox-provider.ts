import { compareInstants, derivedId, epochMillis, instantOfMillis, type Clock, type Result } from '@billstream/kernel'
import type { Sleeper } from '@billstream/event-sourcing-runtime'
import {
  ProviderUnavailable,
  type ChargeAnswer,
  type ChargeRequest,
  type NotificationRefusal,
  type PaymentProvider,
  type ProviderNotification,
  type RawNotification,
} from '@billstream/payment-providers-port'
import type { SandboxCharge, SandboxCharges } from './sandbox-charges.port'
import { SandboxNotifications } from './sandbox-notifications'
import { SANDBOX_TOKENS, type SandboxScenario } from './sandbox-tokens'

/** How long `pm_card_slow` lets the caller wait, in milliseconds. */
export const SLOW_ANSWER_MS = 1_500
/** How long `pm_card_async_*` stays in process, in milliseconds: within a step of a test clock (5 s). */
export const LATER_OUTCOME_MS = 300

export interface SandboxOptions {
  readonly charges: SandboxCharges
  /** Real time. */
  readonly clock: Clock
  readonly sleeper: Sleeper
  /** Signs its notifications; every process that reads them takes the same. */
  readonly signingSecret: string
}

/**
 * A provider that needs no network: each token stands for an outcome. A charge is written before it is answered, so a lost
 * answer or a crash of either side never charges twice. For test organizations only. Source: domain.md, section 10.
 */
export class SandboxProvider implements PaymentProvider {
  readonly name = 'sandbox'
  private readonly channel: SandboxNotifications

  constructor(private readonly options: SandboxOptions) {
    this.channel = new SandboxNotifications(options)
  }

  isKnownToken(token: string): boolean {
    return SANDBOX_TOKENS.has(token)
  }

  /** Throws Error for an unknown token, or a key that was used for another charge: callers prove both first. */
  async charge(request: ChargeRequest, signal?: AbortSignal): Promise<ChargeAnswer> {
    const scenario = SANDBOX_TOKENS.get(request.methodToken)
    if (!scenario) throw new Error(`The sandbox has no token ${request.methodToken}.`)
    const { charge, inserted } = await this.options.charges.insertIfAbsent(this.chargeOf(request, scenario))
    if (!isSameCharge(charge, request))
      throw new Error(`The key ${request.idempotencyKey} was used for another charge.`)
    if (inserted) await this.beginAnswer(charge, scenario, signal)
    return this.answerOf(charge)
  }

  async find(idempotencyKey: string): Promise<ChargeAnswer | undefined> {
    const charge = await this.options.charges.find(idempotencyKey)
    return charge && this.answerOf(charge)
  }

  readNotification(raw: RawNotification): Result<ProviderNotification, NotificationRefusal> {
    return this.channel.read(raw)
  }

  notifications(signal: AbortSignal): AsyncIterable<RawNotification> {
    return this.channel.stream(signal)
  }

  private chargeOf(request: ChargeRequest, { outcome, answer }: SandboxScenario): SandboxCharge {
    const { customerPresent, ...kept } = request
    const createdAt = this.options.clock.now()
    const providerPaymentId = `sandbox_${derivedId('sandbox-charge', request.idempotencyKey)}`
    return {
      ...kept,
      providerPaymentId,
      outcome: outcomeOf(outcome, providerPaymentId, customerPresent),
      settlesAt: answer === 'later' ? instantOfMillis(epochMillis(createdAt) + LATER_OUTCOME_MS) : createdAt,
      createdAt,
    }
  }

  private async beginAnswer(charge: SandboxCharge, scenario: SandboxScenario, signal?: AbortSignal): Promise<void> {
    this.channel.plan(charge, scenario.notifications)
    if (scenario.answer === 'lost') throw new ProviderUnavailable('The answer of the sandbox was lost.')
    if (scenario.answer === 'slow') await this.options.sleeper.sleep(SLOW_ANSWER_MS, signal)
    signal?.throwIfAborted()
  }

  private answerOf(charge: SandboxCharge): ChargeAnswer {
    const settled = compareInstants(charge.settlesAt, this.options.clock.now()) <= 0
    return settled ? charge.outcome : { kind: 'processing', providerPaymentId: charge.providerPaymentId }
  }
}

function outcomeOf(
  outcome: SandboxScenario['outcome'],
  providerPaymentId: string,
  customerPresent: boolean,
): ChargeAnswer {
  if (outcome.kind !== 'authentication') return { ...outcome, providerPaymentId }
  return customerPresent
    ? { kind: 'action_required', providerPaymentId }
    : { kind: 'failed', providerPaymentId, reason: 'authentication_required' }
}

function isSameCharge(charge: SandboxCharge, request: ChargeRequest): boolean {
  return (
    charge.amount === request.amount &&
    charge.currency === request.currency &&
    charge.methodToken === request.methodToken &&
    charge.organizationId === request.organizationId
  )
}
