import { derivedId, instantOfMillis, epochMillis } from '@billstream/kernel'
import {
  DECLINE_REASONS,
  paymentProviderKit,
  ProviderUnavailable,
  type ChargeRequest,
  type RawNotification,
} from '@billstream/payment-providers-port'
import { fixedClock } from '@billstream/testing'
import { MemorySandboxCharges } from './memory-sandbox-charges'
import { LATER_OUTCOME_MS, SandboxProvider, SLOW_ANSWER_MS } from './sandbox-provider'
import { SandboxNotifications } from './sandbox-notifications'
import { SANDBOX_TOKENS } from './sandbox-tokens'

const organizationId = derivedId('sandbox-spec', 'organization')
const signingSecret = 'signs the sandbox of this spec'

function sandbox() {
  const clock = fixedClock()
  const pass = (ms: number) => clock.moveTo(instantOfMillis(epochMillis(clock.now()) + ms))
  const slept: number[] = []
  const sleeper = {
    sleep: async (ms: number, signal?: AbortSignal) => {
      slept.push(ms)
      if (!signal?.aborted) pass(ms)
    },
  }
  const charges = new MemorySandboxCharges()
  const options = { charges, clock, sleeper, signingSecret }
  return {
    provider: new SandboxProvider(options),
    signer: new SandboxNotifications(options),
    clock,
    pass,
    slept,
    charges,
  }
}

function request(methodToken: string, changes: Partial<ChargeRequest> = {}): ChargeRequest {
  return {
    idempotencyKey: derivedId('sandbox-spec', methodToken),
    organizationId,
    amount: 9090n,
    currency: 'USD',
    methodToken,
    customerPresent: false,
    metadata: { paymentId: 'p1', attempt: '1' },
    ...changes,
  }
}

async function notificationsOf(provider: SandboxProvider, count: number): Promise<RawNotification[]> {
  const stop = new AbortController()
  const received: RawNotification[] = []
  for await (const raw of provider.notifications(stop.signal)) {
    received.push(raw)
    if (received.length === count) stop.abort()
  }
  return received
}

paymentProviderKit('sandbox', async () => {
  const { provider, signer, clock, pass, charges } = sandbox()
  const notification = {
    id: derivedId('sandbox-spec', 'notification'),
    idempotencyKey: derivedId('sandbox-spec', 'notified'),
    answer: { kind: 'succeeded', providerPaymentId: 'sandbox_1' },
    metadata: {},
    occurredAt: clock.now(),
  } as const
  const kitOrganization = derivedId('kit', 'organization')
  return {
    provider,
    tokens: {
      success: 'pm_card_visa',
      decline: 'pm_card_declined_fraud',
      later: 'pm_card_async_success',
    },
    settle: async () => pass(LATER_OUTCOME_MS),
    notification: async () => signer.sign(notification, clock.now()),
    oldNotification: async () => signer.sign(notification, instantOfMillis(epochMillis(clock.now()) - 600_000)),
    chargesTaken: async () =>
      (await charges.list(kitOrganization, 100)).filter(({ outcome }) => outcome.kind === 'succeeded').length,
  }
})

describe('the tokens', () => {
  it('are the ones that the documentation lists', () =>
    expect([...SANDBOX_TOKENS.keys()]).toEqual([
      'pm_card_visa',
      ...DECLINE_REASONS.map((reason) => `pm_card_declined_${reason}`),
      'pm_card_3ds',
      'pm_card_async_success',
      'pm_card_async_failure',
      'pm_card_lost_answer',
      'pm_card_duplicate_notification',
      'pm_card_slow',
    ]))
})

describe('a card', () => {
  it.each(DECLINE_REASONS)('that is declined with %s says so', async (reason) =>
    expect(await sandbox().provider.charge(request(`pm_card_declined_${reason}`))).toMatchObject({
      kind: 'failed',
      reason,
    }),
  )

  it('that asks for confirmation fails without the customer, and waits for a customer who is there', async () => {
    const { provider } = sandbox()
    const absent = await provider.charge(request('pm_card_3ds'))
    expect(absent).toMatchObject({ kind: 'failed', reason: 'authentication_required' })
    const present = { customerPresent: true, idempotencyKey: derivedId('sandbox-spec', 'present') }
    expect(await provider.charge(request('pm_card_3ds', present))).toMatchObject({ kind: 'action_required' })
  })

  it('whose answer is lost was charged once, and is found by its key', async () => {
    const { provider, charges } = sandbox()
    const lost = request('pm_card_lost_answer')
    await expect(provider.charge(lost)).rejects.toThrow(ProviderUnavailable)
    expect(await provider.find(lost.idempotencyKey)).toMatchObject({ kind: 'succeeded' })
    expect(await provider.charge(lost)).toMatchObject({ kind: 'succeeded' })
    expect(await charges.list(organizationId, 10)).toHaveLength(1)
  })

  it('that is slow is charged before it answers, also when nobody waits for the answer', async () => {
    const { provider, slept, charges } = sandbox()
    expect(await provider.charge(request('pm_card_slow'))).toMatchObject({ kind: 'succeeded' })
    expect(slept).toContain(SLOW_ANSWER_MS)
    const impatient = request('pm_card_slow', { idempotencyKey: derivedId('sandbox-spec', 'impatient') })
    await expect(provider.charge(impatient, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    expect(await charges.find(impatient.idempotencyKey)).toBeDefined()
  })

  it.each([
    ['pm_card_async_success', 'succeeded'],
    ['pm_card_async_failure', 'failed'],
  ])('%s is notified later as %s', async (token, kind) => {
    const { provider } = sandbox()
    expect(await provider.charge(request(token))).toMatchObject({ kind: 'processing' })
    const [raw] = await notificationsOf(provider, 1)
    expect(raw && provider.readNotification(raw)).toMatchObject({
      ok: true,
      value: { idempotencyKey: request(token).idempotencyKey, answer: { kind }, metadata: { paymentId: 'p1' } },
    })
  })

  it('with a duplicate notification is notified twice with one id', async () => {
    const { provider } = sandbox()
    await provider.charge(request('pm_card_duplicate_notification'))
    const read = (await notificationsOf(provider, 2)).map((raw) => provider.readNotification(raw))
    const ids = read.map((each) => each.ok && each.value.id)
    expect(ids).toEqual([ids[0], ids[0]])
    expect(ids[0]).not.toBe(false)
  })
})

describe('a key', () => {
  it('that was used for another amount is a bug of the caller', async () => {
    const { provider } = sandbox()
    await provider.charge(request('pm_card_visa'))
    await expect(provider.charge(request('pm_card_visa', { amount: 1n }))).rejects.toThrow(/another charge/)
  })
})

describe('a signed notification that nobody can read', () => {
  it.each(['no json', '{}'])('is refused: %s', (body) => {
    const { provider, signer, clock } = sandbox()
    const signed = signer.signBody(body, clock.now())
    expect(provider.readNotification(signed)).toMatchObject({ ok: false, error: { code: 'notification_malformed' } })
  })
})
