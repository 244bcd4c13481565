import { organizationView } from '@billstream/accounts-read-model'
import { attemptKeyOf, RecordPaymentOutcome } from '@billstream/checkout-contracts'
import {
  runTaking,
  TimeLimit,
  type PlatformPorts,
  type WakeUp,
  type WorkItem,
  type Worker,
} from '@billstream/event-sourcing-runtime'
import { epochMillis } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { ProviderUnavailable, type ChargeAnswer, type PaymentProvider } from '@billstream/payment-providers-port'
import { providerFor } from '../payment-providers'
import { afterMillis, followUpAt, stepFollowUpAt } from './follow-up'
import { chargeRequestOf, outcomeCommand, outcomeOf, type ProviderCall } from './provider-call'
import { PROVIDER_CALLS } from './queue-provider-calls.subscriber'

/** Calls side by side in one process. */
const PROVIDER_CALLS_MAX = 16
/** After this an answer counts as lost, in milliseconds. */
const CALL_TIMEOUT_MS = 30_000
/** For a step of a test clock an outcome is asked for again and again so long, in milliseconds of real time, then at intervals. */
const STEP_OUTCOME_MS = 5_000
const STEP_ASK_MS = 100
/** Beyond the longest call: a process that still lives never meets another one at its item. */
const LEASE_MARGIN_MS = 3_000

type Answer = ChargeAnswer | 'unknown'
export type ProviderCallPorts = Pick<PlatformPorts, 'workQueue' | 'viewsAnywhere' | 'clock' | 'sleeper' | 'log'> & {
  readonly bus: MessageBus
  readonly paymentProviders: readonly PaymentProvider[]
}

/**
 * Calls providers, outside of any message handler. That a call begins is written before it begins, so after a crash the
 * provider is asked by the attempt's key before anything is charged. No attempt is given up before its outcome is known.
 * Source: architecture.md, section 4; domain.md, section 10.
 */
export class ProviderCalls {
  constructor(private readonly ports: ProviderCallPorts) {}

  worker(wakeUp: WakeUp): Worker {
    const { workQueue, clock } = this.ports
    const taking = {
      name: PROVIDER_CALLS,
      concurrencyMax: PROVIDER_CALLS_MAX,
      take: (limit: number) => {
        const now = clock.now()
        return workQueue.take(PROVIDER_CALLS, now, afterMillis(now, LEASE_MARGIN_MS), limit)
      },
      nextAt: () => workQueue.nextAt(PROVIDER_CALLS),
      handle: (item: WorkItem, signal: AbortSignal) => this.handle(item, signal),
    }
    return {
      name: PROVIDER_CALLS,
      lease: false,
      run: (signal) => runTaking(taking, { ...this.ports, wakeUp }, signal),
    }
  }

  async handle(item: WorkItem, signal: AbortSignal): Promise<void> {
    const call = item.payload as ProviderCall
    const begun = this.ports.clock.now()
    await this.ports.workQueue.later(item.id, afterMillis(begun, budgetMs(call) + LEASE_MARGIN_MS))
    const known = await this.isDone(call, { mayHaveCharged: item.tries > 0 }, signal)
    if (known) return this.ports.workQueue.done([item.id])
    const now = this.ports.clock.now()
    const later = isOnTestClock(call) ? stepFollowUpAt : followUpAt
    // Whoever starts next need not wait for the end of a lease that nobody holds.
    const again = signal.aborted ? now : later(now, call.asked)
    await this.ports.workQueue.later(item.id, again, { ...call, asked: call.asked + 1 })
  }

  /** Whatever goes wrong here leaves the outcome unknown: it is asked for again. */
  private async isDone(call: ProviderCall, state: { mayHaveCharged: boolean }, signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await this.settle(call, state, signal)
      return answer !== 'unknown' && answer.kind !== 'processing'
    } catch (error) {
      const { paymentId, attempt } = call
      if (!signal.aborted) this.ports.log.error({ paymentId, attempt, err: error }, 'A provider call failed.')
      return false
    }
  }

  /** Records what is learnt; on a test clock it goes on asking until the outcome is known or the step's time is over. */
  private async settle(call: ProviderCall, state: { mayHaveCharged: boolean }, signal: AbortSignal): Promise<Answer> {
    const provider = await this.providerOf(call)
    const endsAtMs = epochMillis(this.ports.clock.now()) + budgetMs(call)
    const remainingMs = () => endsAtMs - epochMillis(this.ports.clock.now())
    let answer = await this.ask(provider, call, { ...state, timeoutMs: remainingMs() }, signal)
    while (isOpen(answer) && isOnTestClock(call) && remainingMs() > 0 && !signal.aborted) {
      if (answer !== 'unknown') await this.record(call, answer)
      await this.ports.sleeper.sleep(STEP_ASK_MS, signal)
      answer = await this.ask(provider, call, { mayHaveCharged: true, timeoutMs: remainingMs() }, signal)
    }
    if (answer !== 'unknown') await this.record(call, answer)
    return answer
  }

  private async ask(
    provider: PaymentProvider,
    call: ProviderCall,
    { mayHaveCharged, timeoutMs }: { mayHaveCharged: boolean; timeoutMs: number },
    stop: AbortSignal,
  ): Promise<Answer> {
    const limit = new TimeLimit(this.ports, Math.max(1, timeoutMs), stop)
    const { signal } = limit
    try {
      const found = mayHaveCharged ? await provider.find(attemptKeyOf(call.paymentId, call.attempt), signal) : undefined
      return found ?? (await provider.charge(chargeRequestOf(call), signal))
    } catch (error) {
      if (error instanceof ProviderUnavailable || limit.isOver) return 'unknown'
      throw error
    } finally {
      limit.end()
    }
  }

  private async record(call: ProviderCall, answer: ChargeAnswer): Promise<void> {
    const { bus, clock } = this.ports
    const command = outcomeCommand(call, outcomeOf(answer), { actor: { type: 'process', id: PROVIDER_CALLS }, clock })
    const reply = await bus.send(RecordPaymentOutcome, command)
    // A notification may have been faster: the outcome is final then.
    if (reply.ok || reply.error.code === 'attempt_not_open') return
    throw new Error(`The outcome of a payment was refused: ${reply.error.code}.`)
  }

  private async providerOf({ method, cause }: ProviderCall): Promise<PaymentProvider> {
    const organization = await this.ports.viewsAnywhere.getAnywhere(organizationView, cause.organizationId)
    const test = organization?.test === true
    const provider = providerFor(this.ports.paymentProviders, { provider: method.provider, test })
    if (!provider) throw new ProviderUnavailable(`${method.provider} is not configured.`)
    return provider
  }
}

function budgetMs(call: ProviderCall): number {
  return isOnTestClock(call) ? STEP_OUTCOME_MS : CALL_TIMEOUT_MS
}

function isOnTestClock({ cause }: ProviderCall): boolean {
  return cause.clockId !== undefined
}

function isOpen(answer: Answer): boolean {
  return answer === 'unknown' || answer.kind === 'processing'
}
