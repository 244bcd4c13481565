import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  compareInstants,
  derivedId,
  epochMillis,
  ok,
  refuse,
  type Clock,
  type Instant,
  type Result,
} from '@billstream/kernel'
import { WakeUp, type Sleeper } from '@billstream/event-sourcing-runtime'
import {
  NOTIFICATION_AGE_MAX_MS,
  type NotificationRefusal,
  type ProviderNotification,
  type RawNotification,
} from '@billstream/payment-providers-port'
import type { SandboxCharge } from './sandbox-charges.port'

const SIGNATURE_HEADER = 'webhook-signature'
const SIGNATURE = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/
const IDLE_MS = 60_000

/** Signs, sends and reads the sandbox's notifications. They live in memory: one that is lost is found by asking. */
export class SandboxNotifications {
  private readonly waiting: { readonly at: Instant; readonly notification: ProviderNotification }[] = []
  private readonly wakeUp: WakeUp

  constructor(
    private readonly options: { readonly clock: Clock; readonly sleeper: Sleeper; readonly signingSecret: string },
  ) {
    this.wakeUp = new WakeUp(options.sleeper)
  }

  /** Will tell of the charge's outcome, when there is one, so many times; each time with the same id. */
  plan(charge: SandboxCharge, times: number): void {
    const notification: ProviderNotification = {
      id: derivedId('sandbox-notification', charge.idempotencyKey),
      idempotencyKey: charge.idempotencyKey,
      answer: charge.outcome,
      metadata: charge.metadata,
      occurredAt: charge.settlesAt,
    }
    for (let time = 0; time < times; time += 1) this.waiting.push({ at: charge.settlesAt, notification })
    this.wakeUp.ring()
  }

  async *stream(signal: AbortSignal): AsyncIterable<RawNotification> {
    while (!signal.aborted) {
      const due = this.takeDue()
      if (due) yield this.sign(due, this.options.clock.now())
      else await this.wakeUp.wait(this.untilNextMs(), signal)
    }
  }

  /** A notification as it is sent at this instant. */
  sign(notification: ProviderNotification, sentAt: Instant): RawNotification {
    return this.signBody(JSON.stringify(notification), sentAt)
  }

  signBody(body: string, sentAt: Instant): RawNotification {
    const time = epochMillis(sentAt)
    return { headers: { [SIGNATURE_HEADER]: `t=${time},v1=${this.signatureOf(time, body)}` }, body }
  }

  read({ headers, body }: RawNotification): Result<ProviderNotification, NotificationRefusal> {
    const match = SIGNATURE.exec(headers[SIGNATURE_HEADER] ?? '')
    const sentAtMs = Number(match?.[1])
    if (!match?.[2] || !equalInConstantTime(match[2], this.signatureOf(sentAtMs, body))) {
      return refuse('signature_invalid', 'The notification is not signed by the sandbox.')
    }
    const ageMs = epochMillis(this.options.clock.now()) - sentAtMs
    if (Math.abs(ageMs) > NOTIFICATION_AGE_MAX_MS) {
      return refuse('notification_too_old', 'The notification was not sent just now.')
    }
    const notification = parseNotification(body)
    return notification ? ok(notification) : refuse('notification_malformed', 'The notification cannot be read.')
  }

  private takeDue(): ProviderNotification | undefined {
    const now = this.options.clock.now()
    const index = this.waiting.findIndex(({ at }) => compareInstants(at, now) <= 0)
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0]?.notification
  }

  private untilNextMs(): number {
    const now = epochMillis(this.options.clock.now())
    return Math.min(IDLE_MS, ...this.waiting.map(({ at }) => Math.max(1, epochMillis(at) - now)))
  }

  private signatureOf(sentAtMs: number, body: string): string {
    return createHmac('sha256', this.options.signingSecret).update(`${sentAtMs}.${body}`).digest('hex')
  }
}

function equalInConstantTime(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(expected, 'hex'))
}

/** Only what is signed comes here, so a body of another shape is a newer sandbox's. */
function parseNotification(body: string): ProviderNotification | undefined {
  try {
    const parsed = JSON.parse(body) as Partial<ProviderNotification>
    return parsed.id && parsed.idempotencyKey && parsed.answer && parsed.metadata
      ? (parsed as ProviderNotification)
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
