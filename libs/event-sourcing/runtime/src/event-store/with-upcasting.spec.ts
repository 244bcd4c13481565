import { Type } from '@sinclair/typebox'
import { defineEvent, EventRegistry, type NewEvent } from '@billstream/event-sourcing-core'
import { timeOrderedId } from '@billstream/kernel'
import { MemoryEventStore } from '../memory/event-store.memory'
import { withUpcasting } from './with-upcasting'

const Renamed = defineEvent('Renamed', Type.Object({ name: Type.String() }), {
  version: 2,
  upcasters: { 1: ({ title }) => ({ name: title }) },
})
const registry = new EventRegistry([Renamed])
const clock = { now: () => '2026-01-01T00:00:00.000Z' }

function stored(schemaVersion: number, data: unknown): NewEvent {
  const id = timeOrderedId()
  const actor = { type: 'system', id: 'test' } as const
  const metadata = {
    organizationId: id,
    actor,
    commandId: id,
    correlationId: id,
    causationId: id,
    occurredAt: clock.now(),
  }
  return { id, type: 'Renamed', schemaVersion, data, metadata }
}

describe('a store with upcasting', () => {
  it('lifts old events when they are read or subscribed to, and rewrites none', async () => {
    const inner = new MemoryEventStore(clock)
    const store = withUpcasting(inner, registry)
    await store.append('plan-1', 'any', [stored(1, { title: 'old' }), stored(2, { name: 'new' })])
    const read = []
    for await (const event of store.read('plan-1')) read.push(event.data)
    expect(read).toEqual([{ name: 'old' }, { name: 'new' }])
    for await (const { events, reached } of store.subscribe(0n)) {
      expect(events.map(({ data, schemaVersion }) => [schemaVersion, data])).toEqual([
        [2, { name: 'old' }],
        [2, { name: 'new' }],
      ])
      expect(reached).toBe(2n)
      break
    }
    for await (const event of inner.read('plan-1', { limit: 1 })) expect(event.data).toEqual({ title: 'old' })
  })

  it('stops at an event that is newer than the program', async () => {
    const store = withUpcasting(new MemoryEventStore(clock), registry)
    await store.append('plan-1', 'any', [stored(3, { name: 'newer' })])
    await expect(store.read('plan-1')[Symbol.asyncIterator]().next()).rejects.toThrow('newer than 2')
  })
})
