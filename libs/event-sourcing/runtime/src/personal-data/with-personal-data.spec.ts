import { Type } from '@sinclair/typebox'
import { defineEvent, EventRegistry, type NewEvent, type RecordedEvent } from '@billstream/event-sourcing-core'
import { timeOrderedId } from '@billstream/kernel'
import { MemoryEventStore } from '../memory/event-store.memory'
import { MemoryPersonKeys } from '../memory/secrets.memory'
import type { EventStore } from '../ports/event-store.port'
import type { PersonKeys } from '../ports/secrets.port'
import { CachedPersonKeys } from './cached-person-keys'
import { withPersonalData } from './with-personal-data'

const Personal = Type.Union([Type.Object({ name: Type.String() }), Type.Null()])
const CustomerCreated = defineEvent(
  'CustomerCreated',
  Type.Object({ customerId: Type.String(), currency: Type.String(), personal: Personal }),
  { personalSubject: (data) => data.customerId },
)
const CustomerDeleted = defineEvent('CustomerDeleted', Type.Object({ customerId: Type.String(), personal: Personal }))
const registry = new EventRegistry([CustomerCreated, CustomerDeleted])
const organizationId = timeOrderedId()
const clock = { now: () => '2026-01-01T00:00:00.000Z' }

class CountedKeys implements PersonKeys {
  finds = 0
  private readonly keys = new MemoryPersonKeys()

  ensure(organization: string, subject: string) {
    return this.keys.ensure(organization, subject)
  }

  find(organization: string, subjects: readonly string[]) {
    this.finds += 1
    return this.keys.find(organization, subjects)
  }

  erase(organization: string, subject: string) {
    return this.keys.erase(organization, subject)
  }
}

function newEvent(event: { type: string; data: unknown }): NewEvent {
  const id = timeOrderedId()
  const actor = { type: 'system', id: 'test' } as const
  const metadata = { organizationId, actor, commandId: id, correlationId: id, causationId: id, occurredAt: clock.now() }
  return { ...event, id, schemaVersion: 1, metadata }
}

const created = (customerId: string, name: string): NewEvent =>
  newEvent(CustomerCreated({ customerId, currency: 'EUR', personal: { name } }))

async function all(store: EventStore, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of store.read(stream)) events.push(event)
  return events
}

describe('a store with personal data', () => {
  let inner: MemoryEventStore
  let keys: CountedKeys
  let store: EventStore

  beforeEach(() => {
    inner = new MemoryEventStore(clock)
    keys = new CountedKeys()
    store = withPersonalData(inner, registry, keys)
  })

  it('keeps the member encrypted and gives it back in clear', async () => {
    const result = await store.append('customer-1', 'any', [created('1', 'Zoë 👩')])
    const [stored] = await all(inner, 'customer-1')
    expect(JSON.stringify(stored?.data)).not.toContain('Zoë')
    expect(stored?.data).toEqual({
      customerId: '1',
      currency: 'EUR',
      personal: { sealed: expect.stringMatching(/^v1\./) as unknown },
    })
    const [read] = await all(store, 'customer-1')
    expect(read?.data).toEqual({ customerId: '1', currency: 'EUR', personal: { name: 'Zoë 👩' } })
    expect(result.ok && result.value.events).toEqual([read])
  })

  it('seals the same data differently each time', async () => {
    await store.append('customer-1', 'any', [created('1', 'Ann'), created('1', 'Ann')])
    const sealed = (await all(inner, 'customer-1')).map(({ data }) => (data as { personal: unknown }).personal)
    expect(sealed[0]).not.toEqual(sealed[1])
  })

  it('leaves other events and events without personal data alone', async () => {
    const other = newEvent(CustomerDeleted({ customerId: '1', personal: { name: 'in clear' } }))
    const none = newEvent(CustomerCreated({ customerId: '1', currency: 'EUR', personal: null }))
    await store.append('customer-1', 'any', [other, none, newEvent({ type: 'Unknown', data: 'text' })])
    expect(await all(store, 'customer-1')).toEqual(await all(inner, 'customer-1'))
  })

  it('asks for keys once per batch', async () => {
    const people = Array.from({ length: 20 }, (_, index) => created(String(index % 5), `name ${index}`))
    await store.append('customer-1', 'any', people)
    keys.finds = 0
    for await (const { events } of store.subscribe(0n)) {
      expect(events.map(({ data }) => (data as { personal: { name: string } }).personal.name)).toHaveLength(20)
      break
    }
    expect(keys.finds).toBe(1)
  })

  describe('of a person whose key was erased', () => {
    it('gives null, and of others what it was', async () => {
      await store.append('customer-1', 'any', [created('1', 'Ann'), created('2', 'Bob')])
      await keys.erase(organizationId, '1')
      const personal = (await all(store, 'customer-1')).map(({ data }) => (data as { personal: unknown }).personal)
      expect(personal).toEqual([null, { name: 'Bob' }])
    })

    it('stores nothing of what comes later', async () => {
      await keys.erase(organizationId, '1')
      const result = await store.append('customer-1', 'any', [created('1', 'Ann')])
      expect(JSON.stringify((await all(inner, 'customer-1')).map(({ data }) => data))).not.toContain('sealed')
      expect(result.ok && result.value.events[0]?.data).toEqual({ customerId: '1', currency: 'EUR', personal: null })
    })
  })

  it('refuses a sealed text that was moved to another event', async () => {
    await store.append('customer-1', 'any', [created('1', 'Ann')])
    const [stolen] = await all(inner, 'customer-1')
    await inner.append('customer-2', 'any', [newEvent({ type: 'CustomerCreated', data: stolen?.data })])
    await expect(all(store, 'customer-2')).rejects.toThrow()
  })
})

describe('remembered keys of persons', () => {
  it('are asked for once', async () => {
    const keys = new CountedKeys()
    const cached = new CachedPersonKeys(keys)
    const key = await cached.ensure(organizationId, '1')
    expect((await cached.find(organizationId, ['1'])).get('1')).toEqual(key)
    expect(keys.finds).toBe(0)
    await cached.find(organizationId, ['1', '2'])
    await cached.find(organizationId, ['1', '2'])
    expect(keys.finds).toBe(1)
  })

  it('are forgotten when they are erased, also by an answer that was on its way', async () => {
    const keys = new CountedKeys()
    await keys.ensure(organizationId, '1')
    const cached = new CachedPersonKeys(keys)
    const finding = cached.find(organizationId, ['1'])
    await cached.erase(organizationId, '1')
    await finding
    expect((await cached.find(organizationId, ['1'])).size).toBe(0)
    expect(await cached.ensure(organizationId, '1')).toBeUndefined()
  })

  it('are those of one organization', async () => {
    const cached = new CachedPersonKeys(new MemoryPersonKeys())
    const [one, other] = [await cached.ensure('a', '1'), await cached.ensure('b', '1')]
    expect(one).not.toEqual(other)
  })
})
