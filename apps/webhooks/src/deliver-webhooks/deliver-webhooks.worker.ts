import { organizationView } from '@billstream/accounts-read-model'
import type { Command, CommandDescriptor, CommandMetadata } from '@billstream/event-sourcing-core'
import {
  runTaking,
  type Delivery,
  type DeliveryAttempt,
  type PlatformPorts,
  type WakeUp,
  type Worker,
} from '@billstream/event-sourcing-runtime'
import { derivedId, epochMillis, instantOfMillis, type Instant } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { DisableWebhookEndpoint, GiveUpWebhook } from '@billstream/webhooks-contracts'
import { failsTooLong, nextAttemptAt } from '@billstream/webhooks-domain'
import { webhookEndpointView, type WebhookEndpointRow } from '@billstream/webhooks-read-model'
import { retryAfterSeconds } from './retry-after'
import { signingKeysOf } from './signing-keys'
import { ATTEMPT_TIMEOUT_MS, type WebhookAnswer, type WebhookSender } from './webhook-sender'
import { webhookHeaders } from './webhook-signatures'

const DELIVER_WEBHOOKS = 'deliver-webhooks'
/** Requests side by side in one process. */
const WEBHOOKS_AT_ONCE_MAX = 20
/** Beyond the longest attempt: a process that still lives never meets another one at its delivery. */
const LEASE_MS = ATTEMPT_TIMEOUT_MS + 15_000
const GONE = 410

export type DeliverPorts = Pick<PlatformPorts, 'deliveries' | 'viewsAnywhere' | 'secrets' | 'clock' | 'log'> & {
  readonly bus: MessageBus
  readonly sender: WebhookSender
}

/** Sends deliveries that are due, signs each attempt, and keeps what came of it. Source: domain.md, section 13. */
export class DeliverWebhooks {
  constructor(private readonly ports: DeliverPorts) {}

  worker(wakeUp: WakeUp): Worker {
    const { deliveries, clock } = this.ports
    const taking = {
      name: DELIVER_WEBHOOKS,
      concurrencyMax: WEBHOOKS_AT_ONCE_MAX,
      take: (limit: number) => {
        const now = clock.now()
        return deliveries.take(now, instantOfMillis(epochMillis(now) + LEASE_MS), limit)
      },
      nextAt: () => deliveries.nextAt(),
      handle: (delivery: Delivery, signal: AbortSignal) => this.deliver(delivery, signal),
    }
    return {
      name: DELIVER_WEBHOOKS,
      lease: false,
      run: async (signal) => {
        await runTaking(taking, { ...this.ports, wakeUp }, signal)
        await this.ports.sender.close()
      },
    }
  }

  /** One attempt. What it must tell is told before the attempt is recorded: a crash in between repeats both. */
  async deliver(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { deliveries, clock, viewsAnywhere } = this.ports
    const endpoint = await viewsAnywhere.getAnywhere(webhookEndpointView, delivery.endpointId)
    const organization = await viewsAnywhere.getAnywhere(organizationView, delivery.organizationId)
    if (endpoint?.status !== 'active' || organization?.status !== 'open') {
      return deliveries.cancelOf(delivery.organizationId, delivery.endpointId, clock.now())
    }
    const startedAt = clock.now()
    const secret = { organizationId: delivery.organizationId, secretId: organization.hmac_key_secret_id }
    const keys = await signingKeysOf(this.ports.secrets, secret, startedAt)
    const headers = webhookHeaders(delivery, keys, startedAt)
    const answer = await this.ports.sender.send({ url: endpoint.url, headers, body: delivery.body }, signal)
    const attempt = attemptOf(delivery, answer, { startedAt, endedAt: clock.now() })
    if (attempt.success) return deliveries.record(afterAttempt(delivery, attempt, null), attempt)
    await this.fail(delivery, attempt, { answer, endpoint })
  }

  private async fail(
    delivery: Delivery,
    attempt: DeliveryAttempt,
    { answer, endpoint }: { readonly answer: WebhookAnswer; readonly endpoint: WebhookEndpointRow },
  ): Promise<void> {
    const { deliveries, clock } = this.ports
    const now = clock.now()
    const reason = await this.reasonToDisable(delivery, attempt)
    const next = reason === 'gone' ? null : nextAfter(delivery, answer, now)
    if (reason) {
      const metadata = this.metadata(delivery, derivedId('disable-webhook-endpoint', endpoint.id, endpoint.updated_at))
      await this.tell(DisableWebhookEndpoint, DisableWebhookEndpoint({ endpointId: endpoint.id, reason }, metadata))
    } else if (next === null) {
      const { id: deliveryId, endpointId, webhookType } = delivery
      const metadata = this.metadata(delivery, derivedId('give-up-webhook', deliveryId, attempt.attemptNumber))
      await this.tell(GiveUpWebhook, GiveUpWebhook({ deliveryId, endpointId, webhookType }, metadata))
    }
    await deliveries.record(afterAttempt(delivery, attempt, next), attempt)
    if (reason) await deliveries.cancelOf(delivery.organizationId, endpoint.id, now)
  }

  private async reasonToDisable(delivery: Delivery, attempt: DeliveryAttempt): Promise<'gone' | 'failing' | undefined> {
    if (attempt.httpStatus === GONE) return 'gone'
    const since = await this.ports.deliveries.failingSince(delivery.organizationId, delivery.endpointId)
    return since !== undefined && failsTooLong(since, attempt.attemptedAt) ? 'failing' : undefined
  }

  private async tell(definition: CommandDescriptor, command: Command): Promise<void> {
    const reply = await this.ports.bus.send(definition, command)
    if (!reply.ok) throw new Error(`${definition.type} was refused: ${reply.error.code}.`)
  }

  private metadata(delivery: Delivery, commandId: string): CommandMetadata {
    return {
      commandId,
      organizationId: delivery.organizationId,
      actor: { type: 'process', id: DELIVER_WEBHOOKS },
      // Not that of the event: a test clock waits for what descends from its steps, webhook delivery aside.
      correlationId: delivery.id,
      causationId: delivery.eventId,
      now: this.ports.clock.now(),
    }
  }
}

function nextAfter(delivery: Delivery, answer: WebhookAnswer, now: Instant): Instant | null {
  const header = answer.kind === 'answered' ? answer.retryAfter : undefined
  const attempts = delivery.attempts + 1
  return nextAttemptAt({ deliveryId: delivery.id, attempts, now, retryAfterS: retryAfterSeconds(header, now) })
}

function attemptOf(
  delivery: Delivery,
  answer: WebhookAnswer,
  { startedAt, endedAt }: { readonly startedAt: Instant; readonly endedAt: Instant },
): DeliveryAttempt {
  const attemptNumber = delivery.attempts + 1
  const answered = answer.kind === 'answered' ? answer : undefined
  const success = answered !== undefined && answered.status >= 200 && answered.status < 300
  return {
    id: derivedId('webhook-attempt', delivery.id, attemptNumber, startedAt),
    deliveryId: delivery.id,
    organizationId: delivery.organizationId,
    attemptNumber,
    httpStatus: answered?.status ?? null,
    responseBody: answered?.body ?? null,
    success,
    errorMessage: success ? null : errorMessageOf(answer),
    durationMs: epochMillis(endedAt) - epochMillis(startedAt),
    attemptedAt: startedAt,
  }
}

function errorMessageOf(answer: WebhookAnswer): string {
  return answer.kind === 'answered' ? `The receiver answered ${answer.status}.` : answer.message
}

function afterAttempt(delivery: Delivery, attempt: DeliveryAttempt, nextAttempt: Instant | null): Delivery {
  const open = !attempt.success && nextAttempt !== null
  return {
    ...delivery,
    status: attempt.success ? 'succeeded' : open ? 'pending' : 'failed',
    attempts: attempt.attemptNumber,
    retries: attempt.attemptNumber - 1,
    nextAttemptAt: open ? nextAttempt : null,
    lastAttemptAt: attempt.attemptedAt,
    httpStatus: attempt.httpStatus,
    response: attempt.responseBody,
    updatedAt: attempt.attemptedAt,
  }
}
