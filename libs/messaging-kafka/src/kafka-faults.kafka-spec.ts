import { Type } from '@sinclair/typebox'
import { defineSetting, EventRegistry, Field, settingDecider, type Command } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  aggregate,
  CommandHandling,
  MemoryEventStore,
  MemoryPersonKeys,
  MemorySnapshots,
  type ViewProgress,
  type ViewReader,
} from '@billstream/event-sourcing-runtime'
import { derivedId, timeOrderedId } from '@billstream/kernel'
import { topics } from '@billstream/messaging'
import { KitCommand, KitHappened } from '@billstream/messaging/conformance'
import { systemClock } from '@billstream/platform'
import { startBroker, testBroker } from '@billstream/testing'
import { eventually } from '../test/eventually'
import { connect, openSender, quiet, relay, serve, serveEvents, type Sender } from '../test/kafka-under-test'
import { lettersOf } from '../test/letters'

const PATIENCE_MS = 60_000
const LONG_MS = 180_000
const AWAY_MS = 20_000

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

interface Handling {
  readonly owner: string
  readonly id: string
  readonly step: number
  readonly from: number
  to: number
}

/** A service that notes when it handled what. */
function noting(owner: string, notes: Handling[]) {
  return {
    command: async (command: Command) => {
      const { id, step } = command.data as { id: string; step: number }
      const note: Handling = { owner, id, step, from: performance.now(), to: Number.NaN }
      notes.push(note)
      await pause(10)
      note.to = performance.now()
      return { ok: true as const, value: { id, events: [] }, position: 1n }
    },
  }
}

const send = (sender: Sender, id: string, step: number) =>
  sender.bus.send(KitCommand, KitCommand({ id, step }, testMetadata({ commandId: timeOrderedId() })))

describe('topics with more replicas than there are brokers', () => {
  it('are refused by name, with the reason', async () => {
    await expect(connect(testBroker(), { replicationFactor: 3 })).rejects.toMatchObject({
      name: 'TopicRefused',
      code: 'INVALID_REPLICATION_FACTOR',
      topic: expect.stringContaining('.commands.') as string,
    })
  })
})

describe('a group that is dealt anew while commands flow', () => {
  it(
    'loses none, handles none twice, and the old owner of a key has finished before the new one begins',
    async () => {
      const connection = await connect()
      const sender = await openSender(connection)
      const notes: Handling[] = []
      const services = [await serve(connection, noting('first', notes), [])]
      const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`)
      const flow = Promise.all(
        keys.map(async (id) => {
          for (let step = 0; step < 60; step += 1) await send(sender, id, step)
        }),
      )
      await eventually(() => expect(notes.length).toBeGreaterThan(100))
      services.push(await serve(connection, noting('second', notes), []))
      await eventually(() => expect(notes.some(({ owner }) => owner === 'second')).toBe(true))
      await services[0]?.stop()
      await flow
      for (const key of keys) {
        const ofKey = notes.filter(({ id }) => id === key)
        expect(ofKey.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, step) => step))
        ofKey.slice(1).forEach((note, index) => expect(note.from).toBeGreaterThanOrEqual(ofKey[index]?.to ?? 0))
      }
      expect(new Set(notes.map(({ owner }) => owner))).toEqual(new Set(['first', 'second']))
      await services[1]?.stop()
      await sender.close()
    },
    LONG_MS,
  )
})

describe('a holder that was paused while its partitions went to another', () => {
  const Badge = defineSetting({
    name: 'Badge',
    context: 'accounts',
    category: 'badge',
    fields: Type.Object({ label: Field.text }),
  })

  it(
    'wakes up to no second effect',
    async () => {
      const connection = await connect()
      const sender = await openSender(connection)
      const eventStore = new MemoryEventStore(systemClock)
      const handling = () =>
        new CommandHandling(
          {
            events: new EventRegistry([Badge.Defined, Badge.Changed, Badge.Removed]),
            ...{ eventStore, snapshots: new MemorySnapshots(), clock: systemClock, log: quiet },
            personKeys: new MemoryPersonKeys(),
            ...{ views: {} as ViewReader, viewProgress: {} as ViewProgress },
          },
          [aggregate(settingDecider<{ label: string }>(Badge, {}))],
        )
      let wake: () => void = () => undefined
      const asleep = new Promise<void>((resolve) => (wake = resolve))
      const begun: string[] = []
      const [sleepy, lively] = [handling(), handling()]
      const first = await serve(
        connection,
        {
          command: async (command) => {
            begun.push((command.data as { id: string }).id)
            await asleep
            return sleepy.handle(command)
          },
        },
        [],
      )
      const ids = Array.from({ length: 9 }, (_, index) => derivedId('badge', index))
      const replies = Promise.allSettled(
        ids.map((id) =>
          sender.bus.send(
            Badge.Define,
            Badge.Define({ id, fields: { label: 'x' } }, testMetadata({ commandId: derivedId('define', id) })),
          ),
        ),
      )
      await eventually(() => expect(begun).toHaveLength(ids.length))
      const taken: string[] = []
      const second = await serve(
        connection,
        {
          command: (command) => {
            taken.push((command.data as { id: string }).id)
            return lively.handle(command)
          },
        },
        [],
      )
      // What the first one had begun comes to the second one, unfinished as it is.
      await eventually(() => expect(taken.length).toBeGreaterThan(0))
      wake()
      await replies
      await Promise.all([first.stop(), second.stop()])
      for (const id of ids) {
        const events = []
        for await (const event of eventStore.read(`badge-${id}`)) events.push(event.type)
        expect(events).toEqual(['BadgeDefined'])
      }
      await sender.close()
    },
    LONG_MS,
  )
})

describe('usage requests of one moment', () => {
  it('reach the log together, and each gets its own answer', async () => {
    const connection = await connect()
    const sender = await openSender(connection)
    const sizes: number[] = []
    const service = await serve(
      connection,
      {
        usage: (requests) => {
          sizes.push(requests.length)
          return Promise.resolve(requests.map((request) => (request as { payload: number }).payload * 2))
        },
      },
      [],
    )
    const organizationId = timeOrderedId()
    // JSON, but nothing that could be ingested: those that travel with it must not notice.
    await sender.outgoing.send({ topic: topics.usage, key: 'strange', value: '{"requestId":"none"}', headers: {} })
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, payload) =>
        sender.bus.ingest({ requestId: timeOrderedId(), organizationId, shard: payload % 3, payload }),
      ),
    )
    expect(answers).toEqual(Array.from({ length: 200 }, (_, payload) => payload * 2))
    expect(Math.max(...sizes)).toBeGreaterThan(1)
    expect(await lettersOf(connection, topics.usage)).toEqual(['{"requestId":"none"}'])
    await service.stop()
    await sender.close()
  })
})

describe('a broker that goes away for 20 s and comes back', () => {
  it(
    'is said to be unavailable meanwhile; then commands are answered again, and no event is missing or out of order',
    async () => {
      const broker = await startBroker()
      const connection = await connect(broker.brokers)
      const sender = await openSender(connection)
      const service = await serve(connection, noting('only', []), [])
      const publishing = relay(connection)
      const seen: number[] = []
      const consumer = await serveEvents(connection, (events) => {
        seen.push(...events.map(({ data }) => (data as { step: number }).step))
        return Promise.resolve()
      })
      const stream = `kit-${derivedId('stream', 'broken')}`
      const record = (step: number) => publishing.record(stream, [KitHappened({ step })])
      await record(0)
      await eventually(() => expect(seen).toContain(0))

      await broker.kill()
      for (let step = 1; step <= 20; step += 1) await record(step)
      await expect(send(sender, 'away', 1)).rejects.toMatchObject({
        name: expect.stringMatching(/Unavailable|TimedOut/) as string,
      })
      await pause(AWAY_MS)
      await broker.restart()

      const again = performance.now() + PATIENCE_MS
      for (;;) {
        const reply = await send(sender, 'back', 2).catch((error: Error) => error)
        if (!(reply instanceof Error)) break
        if (performance.now() > again) throw reply
      }
      await eventually(() => expect(seen).toContain(20))
      // What was published twice is seen twice; its first sight is in order.
      expect([...new Set(seen)]).toEqual(Array.from({ length: 21 }, (_, step) => step))
      await publishing.stop()
      await consumer.stop()
      await service.stop()
      await sender.close()
      await broker.stop()
    },
    LONG_MS,
  )
})
