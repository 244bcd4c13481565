import { CustomerDeleted, CustomerErased } from '@billstream/accounts-contracts'
import { type ErasePaymentDetails, PaymentDetailsErased } from '@billstream/checkout-contracts'
import { paymentMethodsDecider } from '@billstream/checkout-domain'
import { paymentMethodProjection } from '@billstream/checkout-read-model'
import { EventRegistry, type Command, type DomainEvent } from '@billstream/event-sourcing-core'
import { recorded, testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  aggregate,
  CommandHandling,
  createMemoryPorts,
  MemoryEventStore,
  ViewsBehind,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { derivedId, refuse } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { fixedClock } from '@billstream/testing'
import { erasePaymentDetails } from './erase-payment-details.subscriber'

const { organizationId } = testMetadata()
const [customerId, another] = [derivedId('customer'), derivedId('another')] as const
const [now, later] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'] as const
const markOf = (key: string) => ({ key, fingerprint: 'request' })

/** Two customers of whom an answer is kept each, and the real decider of payment methods. */
async function checkout({ viewReached = true, refuses = false } = {}) {
  const memory = createMemoryPorts()
  const eventStore = new MemoryEventStore(fixedClock(now))
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const events = new EventRegistry([PaymentDetailsErased])
  const ports = { ...memory, eventStore, log, events, clock: fixedClock(now) } as unknown as PlatformPorts
  const handling = new CommandHandling(ports, [aggregate(paymentMethodsDecider)])
  for (const id of [customerId, another]) {
    await memory.answers.begin(organizationId, markOf(id), now, later)
    await memory.answers.keep(organizationId, markOf(id), { status: 201, body: `{"of":"${id}"}`, sealed: false }, later)
  }
  const bus = {
    send: (_definition: typeof ErasePaymentDetails, command: Command) =>
      refuses ? Promise.resolve({ ...refuse('no', 'No.'), position: 0n }) : handling.handle(command),
  } as unknown as MessageBus
  const waitedFor: unknown[] = []
  const viewProgress = {
    reached: (names: readonly string[], position: bigint) => {
      waitedFor.push([names, position])
      return Promise.resolve(viewReached)
    },
    positions: () => Promise.resolve(new Map()),
  }
  const subscriber = erasePaymentDetails({ bus, viewProgress, answers: memory.answers })
  return {
    waitedFor,
    head: () => eventStore.head(),
    happened: (...facts: readonly DomainEvent[]) => subscriber.handle(facts.map((fact) => recorded(fact))),
    erasures: async (id: string) => {
      const found: unknown[] = []
      for await (const { type, data } of eventStore.read(`payment-methods-${id}`)) found.push({ type, data })
      return found
    },
    /** Of a request that is repeated: what there is of the first one. */
    repeated: async (id: string) => (await memory.answers.begin(organizationId, markOf(id), now, later)).kind,
  }
}

describe('a customer who is erased', () => {
  it('has the details of the payment methods erased, and nobody else has', async () => {
    const { happened, erasures } = await checkout()
    await happened(CustomerErased({ customerId }))
    expect(await erasures(customerId)).toEqual([PaymentDetailsErased({ customerId, paymentMethodIds: [] })])
    expect(await erasures(another)).toEqual([])
  })

  it('is in no kept answer any more once the view shows no details, and others are', async () => {
    const { happened, repeated, waitedFor, head } = await checkout()
    await happened(CustomerErased({ customerId }))
    expect(waitedFor).toEqual([[[paymentMethodProjection.name], await head()]])
    expect([await repeated(customerId), await repeated(another)]).toEqual(['begun', 'kept'])
  })

  it('is erased once when the event comes twice', async () => {
    const { happened, erasures } = await checkout()
    await happened(CustomerErased({ customerId }))
    await happened(CustomerErased({ customerId }))
    expect(await erasures(customerId)).toHaveLength(1)
  })

  it('stays in kept answers until the view shows no details: the event comes again', async () => {
    const { happened, repeated } = await checkout({ viewReached: false })
    await expect(happened(CustomerErased({ customerId }))).rejects.toBeInstanceOf(ViewsBehind)
    expect(await repeated(customerId)).toBe('kept')
  })

  it('does not pass for erased when the erasure is refused', async () => {
    const { happened, repeated } = await checkout({ refuses: true })
    await expect(happened(CustomerErased({ customerId }))).rejects.toThrow('refused: no')
    expect(await repeated(customerId)).toBe('kept')
  })
})

describe('a customer who is only deleted', () => {
  it('keeps details and answers', async () => {
    const { happened, erasures, repeated } = await checkout()
    await happened(CustomerDeleted({ customerId }))
    expect(await erasures(customerId)).toEqual([])
    expect(await repeated(customerId)).toBe('kept')
  })
})
