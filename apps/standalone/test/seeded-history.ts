import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { CreateOrganization } from '@billstream/accounts-contracts'
import { addSeconds, derivedId, type Instant } from '@billstream/kernel'
import type { ComparedPlatform } from './compared-platforms'
import type { Answer, Call } from './platform-under-test'

const STARTED_AT = '2024-01-01T00:00:00.000Z'
const SECONDS_PER_DAY = 86_400
const SETTLE_TIMEOUT_MS = 120_000
const LOOK_MS = 20
const CARDS = ['pm_card_visa', 'pm_card_declined_lack_of_funds', 'pm_card_duplicate_notification', null] as const
const CUSTOMERS_MAX = 4

/** What happens to a company; customers are told by their number, in a circle. */
export type Step =
  | {
      readonly kind: 'subscribe'
      readonly card: (typeof CARDS)[number]
      readonly inAdvance: boolean
      readonly grace: number
    }
  | {
      readonly kind: 'use'
      readonly customer: number
      readonly events: readonly { day: number; units: number; id: number }[]
    }
  | { readonly kind: 'terminate'; readonly customer: number }
  | { readonly kind: 'rename'; readonly customer: number; readonly name: string }
  | { readonly kind: 'tax'; readonly percent: number }
  | { readonly kind: 'advance'; readonly days: number }

const customer = fc.nat(CUSTOMERS_MAX - 1)
const subscribe = fc.record({
  kind: fc.constant('subscribe' as const),
  card: fc.constantFrom(...CARDS),
  inAdvance: fc.boolean(),
  grace: fc.constantFrom(0, 3),
})
const event = fc.record({ day: fc.nat(70), units: fc.nat(5_000), id: fc.nat(40) })

const eventful = fc.array(
  fc.oneof(
    subscribe,
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('use' as const),
        customer,
        events: fc.array(event, { minLength: 1, maxLength: 8 }),
      }),
    },
    fc.record({ kind: fc.constant('terminate' as const), customer }),
    fc.record({ kind: fc.constant('rename' as const), customer, name: fc.constantFrom('Ada', 'Grace', 'Łucja') }),
    fc.record({ kind: fc.constant('tax' as const), percent: fc.integer({ min: 1, max: 30 }) }),
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('advance' as const), days: fc.integer({ min: 1, max: 33 }) }),
    },
  ),
  { minLength: 8, maxLength: 14 },
)

/**
 * The usage of a company over some months: repeated, late and for customers that are gone as well. Two subscribe first, the
 * first of whom is never terminated, and in the end a month passes: every history has invoices.
 */
export const history: fc.Arbitrary<Step[]> = fc
  .tuple(subscribe, eventful)
  .map(([first, steps]) => [first, ...steps, { kind: 'advance', days: 31 }])

interface Made {
  readonly id: string
}

/** One company that lives through a history on one platform, quiet between the steps. */
export class LivedHistory {
  readonly organizationId: string
  /** Status of each answer, in order. */
  readonly answers: string[] = []
  private readonly customers: string[] = []
  private readonly subscriptions: string[] = []
  private steps = 0
  private calls = 0
  private planId = ''
  private clockId = ''
  private time: Instant = STARTED_AT

  /** run: the same name gives the same ids. */
  constructor(
    private readonly platform: ComparedPlatform,
    private readonly run: string,
  ) {
    this.organizationId = derivedId('organization', run)
  }

  async live(steps: readonly Step[]): Promise<void> {
    await this.found()
    const first: Step = { kind: 'subscribe', card: 'pm_card_visa', inAdvance: false, grace: 0 }
    for (const step of [first, ...steps, { kind: 'advance', days: 33 } as const]) {
      this.steps += 1
      this.platform.clock.step()
      await this.take(step)
    }
  }

  private async found(): Promise<void> {
    const { organizationId, key, platform, run } = this
    const firstKey = {
      keyId: derivedId('key', run),
      name: null,
      prefix: key.slice(0, 12),
      hash: createHash('sha256').update(key).digest('hex'),
      expiresAt: null,
    }
    const commandId = derivedId('found', run)
    const command = CreateOrganization(
      {
        ...{ organizationId, slug: run, test: true, name: run, defaultCurrency: 'USD', timezone: 'UTC', logoUrl: null },
        ...{ portalAccentColor: null, portalWelcomeMessage: null, hmacKey: null, firstKey },
        hmacKeySecretId: derivedId('hmac-key', commandId),
      },
      {
        ...{ commandId, organizationId, correlationId: commandId, causationId: commandId },
        actor: { type: 'system', id: 'test' },
        now: platform.clock.now(),
      },
    )
    const reply = await platform.bus.send(CreateOrganization, command)
    if (!reply.ok) throw new Error(reply.error.message)
    await this.untilQuiet(commandId)
    const metric = await this.post<Made>('/v1/billable_metrics/', {
      ...{ code: 'units', name: 'Units', aggregation_type: 'sum', field_name: 'units' },
    })
    const graduated_ranges = [
      { from_value: 0, to_value: 1_000, per_unit_amount: '0.5', flat_amount: '100' },
      { from_value: 1_001, to_value: null, per_unit_amount: '0.25', flat_amount: '0' },
    ]
    const charge = { billable_metric_id: metric.id, charge_model: 'graduated', properties: { graduated_ranges } }
    const plan = { code: 'plan', name: 'Plan', interval: 'monthly', amount_cents: 3100, currency: 'USD' }
    this.planId = (await this.post<Made>('/v1/plans/', { ...plan, charges: [charge] })).id
    this.clockId = (await this.post<Made>('/v1/test_clocks', { name: 'Clock', frozen_time: STARTED_AT })).id
  }

  private async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'subscribe':
        return this.subscribe(step)
      case 'use':
        return this.use(step)
      case 'terminate':
        return this.send('DELETE', `/v1/subscriptions/${this.of(this.subscriptions.slice(1), step.customer)}`)
      case 'rename':
        return this.send('PUT', `/v1/customers/${this.of(this.customers, step.customer)}`, { name: step.name })
      case 'tax': {
        const code = `tax-${this.steps}`
        return this.send('POST', '/v1/taxes/', {
          ...{ code, name: code, applied_to_organization: true },
          rate: step.percent / 100,
        })
      }
      case 'advance':
        return this.advance(step.days)
    }
  }

  private async subscribe({ card, inAdvance, grace }: Extract<Step, { kind: 'subscribe' }>): Promise<void> {
    if (this.customers.length === CUSTOMERS_MAX) return
    const externalId = `customer-${this.customers.length}`
    const { id } = await this.post<Made>('/v1/customers/', {
      ...{ external_id: externalId, name: externalId, currency: 'USD', invoice_grace_period: grace },
      test_clock_id: this.clockId,
    })
    this.customers.push(id)
    if (card !== null) {
      await this.post('/v1/payment_methods/', {
        ...{ customer_id: id, provider: 'sandbox', provider_payment_method_id: card, type: 'card', is_default: true },
      })
    }
    const subscription = await this.post<Made>('/v1/subscriptions/', {
      ...{ external_id: `subscription-${externalId}`, customer_id: id, plan_id: this.planId },
      ...{ started_at: this.time, pay_in_advance: inAdvance },
    })
    this.subscriptions.push(subscription.id)
  }

  private async use({ customer: number, events }: Extract<Step, { kind: 'use' }>): Promise<void> {
    const external_customer_id = `customer-${number % this.customers.length}`
    await this.send('POST', '/v1/events/batch', {
      events: events.map(({ day, units, id }) => ({
        ...{ transaction_id: `usage-${id}`, external_customer_id, code: 'units', properties: { units } },
        timestamp: addSeconds(STARTED_AT, day * SECONDS_PER_DAY),
      })),
    })
  }

  private async advance(days: number): Promise<void> {
    this.time = addSeconds(this.time, days * SECONDS_PER_DAY)
    await this.send('POST', `/v1/test_clocks/${this.clockId}/advance`, { frozen_time: this.time })
    const until = performance.now() + SETTLE_TIMEOUT_MS
    for (;;) {
      const { body } = await this.call<{ status: string }>('GET', `/v1/test_clocks/${this.clockId}`)
      if (body.status === 'ready') break
      if (performance.now() > until) throw new Error(`${this.platform.name}: the clock is ${body.status}.`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    await this.platform.quiescence.caughtUp(AbortSignal.timeout(SETTLE_TIMEOUT_MS))
  }

  private async post<T>(url: string, body: unknown): Promise<T> {
    const answer = await this.sendFor<T>('POST', url, body)
    if (answer.status >= 300) throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  private async send(method: Call['method'], url: string, body?: unknown): Promise<void> {
    await this.sendFor(method, url, body)
  }

  private async sendFor<T>(method: Call['method'], url: string, body?: unknown): Promise<Answer<T>> {
    const requestId = derivedId('request', this.run, String(this.calls))
    const answer = await this.call<T>(method, url, { body, requestId })
    this.answers.push(`${method} ${url} ${answer.status}`)
    await this.untilQuiet(requestId)
    return answer
  }

  private async call<T>(
    method: Call['method'],
    url: string,
    { body, requestId = derivedId('request', this.run) }: { body?: unknown; requestId?: string } = {},
  ): Promise<Answer<T>> {
    this.calls += method === 'GET' ? 0 : 1
    const headers = {
      authorization: `Bearer ${this.key}`,
      'x-request-id': requestId,
      ...(method !== 'GET' && { 'idempotency-key': `${this.run}-${this.calls}` }),
    }
    const until = performance.now() + SETTLE_TIMEOUT_MS
    for (;;) {
      const answer = await this.platform.call<T>({ method, url, headers, ...(body !== undefined && { body }) })
      // A machine that is busy answers late: as a client does, the same key is sent again and gets its answer.
      if (answer.status !== 503 || performance.now() > until) return answer
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  private async untilQuiet(correlationId: string): Promise<void> {
    const { quiescence, ports, name } = this.platform
    const signal = AbortSignal.timeout(SETTLE_TIMEOUT_MS)
    if ((await quiescence.settled(correlationId, signal)) && (await quiescence.caughtUp(signal))) return
    const commands = await ports.processes.pendingOf(correlationId)
    const calls = await ports.workQueue.pendingOf(correlationId)
    const waiting = `${commands} commands and ${calls.length} calls wait`
    throw new Error(`${name} does not come to rest: ${this.answers.at(-1) ?? 'at its start'}; ${waiting}.`)
  }

  private get key(): string {
    return `bxb_live_${createHash('sha256').update(this.run).digest('hex')}`
  }

  private of(ids: readonly string[], number: number): string {
    return ids[number % ids.length] ?? ''
  }
}
