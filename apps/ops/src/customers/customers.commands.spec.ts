import { CustomerCreated, CustomerErased } from '@billstream/accounts-contracts'
import { PaymentDetailsErased, PaymentMethodAdded } from '@billstream/checkout-contracts'
import { paymentMethodView } from '@billstream/checkout-read-model'
import type { Context, DomainEvent } from '@billstream/event-sourcing-core'
import { outboxRole, type Delivery } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { opsInMemory, organizationId } from '../../test/ops-in-memory'

const customerId = derivedId('customer')
const paymentMethodId = derivedId('method')
const methods = `payment-methods-${customerId}`
const at = '2026-07-01T00:00:00.000Z'
const later = '2026-07-02T00:00:00.000Z'

function delivery(id: string, objectId: string): Delivery {
  return {
    ...{ id, organizationId, endpointId: 'e', eventId: id, correlationId: id, format: 'boxbilling' },
    ...{ webhookType: 'customer.created', objectType: 'customer', objectId, body: `{"name":"Ann","of":"${id}"}` },
    status: 'pending',
    ...{ retries: 0, attempts: 0, nextAttemptAt: at, lastAttemptAt: null, httpStatus: null },
    ...{ response: null, createdAt: at, updatedAt: at },
  }
}

/** A person whom a webhook told of, whose receiver answered, and whom an answer of the API names. */
async function givenPerson() {
  const ops = opsInMemory()
  const terms = { currency: null, timezone: null, invoiceGracePeriod: null, netPaymentTerm: null }
  const personal = { name: 'Ann', email: 'ann@example.com', billingMetadata: {} }
  const fact = CustomerCreated({ customerId, externalId: 'ann', testClockId: null, ...terms, personal } as never)
  await ops.record([fact], { stream: `customer-${customerId}` })
  const method = { paymentMethodId, provider: 'manual', providerPaymentMethodId: 'bank-1', type: 'bank' }
  const added = PaymentMethodAdded({ customerId, method, isDefault: false, personal: { details: { holder: 'Ann' } } })
  await ops.record([added], { stream: methods })
  await ops.project()
  const { deliveries, answers } = ops.ports
  await deliveries.add([delivery('told', customerId), delivery('other', derivedId('other'))])
  const answered = { attempts: 1, status: 'succeeded', nextAttemptAt: null, response: 'hello Ann' } as const
  await deliveries.record(
    { ...delivery('told', customerId), ...answered },
    {
      ...{ id: 'attempt', deliveryId: 'told', organizationId, attemptNumber: 1, httpStatus: 200, success: true },
      ...{ responseBody: 'hello Ann', errorMessage: null, durationMs: 1, attemptedAt: at },
    },
  )
  const keep = async (key: string, body: string) => {
    await answers.begin(organizationId, { key, fingerprint: key }, at, later)
    await answers.keep(organizationId, { key, fingerprint: key }, { status: 201, body, sealed: false }, later)
  }
  await keep('created', `{"id":"${customerId}","name":"Ann"}`)
  await keep('elsewhere', '{"id":"another"}')
  return ops
}

describe('what is held of a person', () => {
  const exported = async (ops: Awaited<ReturnType<typeof givenPerson>>, kind: string) => {
    const { out } = await ops.run('customers', 'export', customerId)
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; data: unknown })
    return records.filter((record) => record.kind === kind).map(({ data }) => data)
  }

  it('holds the view and the events', async () => {
    const ops = await givenPerson()
    expect(await exported(ops, 'customer')).toMatchObject([{ id: customerId, name: 'Ann' }])
    expect(await exported(ops, 'event')).toMatchObject([
      { type: 'CustomerCreated' },
      { type: 'PaymentMethodAdded', data: { personal: { details: { holder: 'Ann' } } } },
    ])
  })

  it('holds what webhooks said of the person, and what was answered to them', async () => {
    const ops = await givenPerson()
    const { body } = delivery('told', customerId)
    expect(await exported(ops, 'webhook_delivery')).toMatchObject([{ id: 'told', body, response: 'hello Ann' }])
    expect(await exported(ops, 'webhook_attempt')).toMatchObject([{ deliveryId: 'told', responseBody: 'hello Ann' }])
  })

  it('holds answers that are kept for repeats of requests about the person', async () => {
    const ops = await givenPerson()
    expect(await exported(ops, 'kept_answer')).toEqual([
      { key: 'created', status: 201, body: `{"id":"${customerId}","name":"Ann"}`, sealed: false, until: later },
    ])
  })

  it('holds none of them once they were cleared', async () => {
    const ops = await givenPerson()
    await ops.ports.answers.forgetMentions(organizationId, customerId)
    await ops.ports.deliveries.rewriteBodies(
      organizationId,
      { objectType: 'customer', objectId: customerId },
      () => '{}',
    )
    expect(await exported(ops, 'kept_answer')).toEqual([])
    expect(await exported(ops, 'webhook_delivery')).toMatchObject([{ body: '{}', response: null }])
  })
})

describe('a person who was erased before details of payment methods were personal data', () => {
  type Given = Awaited<ReturnType<typeof givenPerson>>

  /** A service that takes what the operator gives, until stopped, and records these facts of it. */
  async function served(ops: Given, context: Context, facts: readonly DomainEvent[], stop: AbortSignal): Promise<void> {
    const { leases, processes, clock } = ops.ports
    await leases.hold(outboxRole(context), stop, async () => {
      while (!stop.aborted) {
        for (const row of await processes.pending(context, 10, clock.now())) {
          if (facts.length > 0) await ops.record(facts, { stream: methods, commandId: row.id })
          await ops.project()
          await processes.settle([{ kind: 'done', row }])
        }
        await new Promise(setImmediate)
      }
    })
  }

  it('has the details erased when the erasure is given again', async () => {
    const ops = await givenPerson()
    await ops.record([CustomerErased({ customerId })], { stream: `customer-${customerId}` })
    await ops.project()
    const stop = new AbortController()
    const erased = PaymentDetailsErased({ customerId, paymentMethodIds: [paymentMethodId] })
    const running = [served(ops, 'accounts', [], stop.signal), served(ops, 'checkout', [erased], stop.signal)]
    const { code, out, err } = await ops.run('customers', 'erase', customerId)
    stop.abort()
    await Promise.all(running)
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe('The person was forgotten already: the key is gone, and the views are empty.\n')
    expect(await ops.ports.viewsAnywhere.getAnywhere(paymentMethodView, paymentMethodId)).toMatchObject({ details: {} })
  })
})
