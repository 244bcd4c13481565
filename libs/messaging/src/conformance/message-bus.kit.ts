import { Type } from '@sinclair/typebox'
import {
  defineCommand,
  defineEvent,
  defineQuery,
  EventRegistry,
  Field,
  type Command,
  type CommandReply,
  type RecordedEvent,
} from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { MESSAGE_BYTES_MAX, MessageTooLarge, ReplyTimedOut, type MessageBus } from '../message-bus.port'

/** A bus with one service behind it, as a transport sets it up. */
export interface BusUnderTest {
  readonly bus: MessageBus
  /** Records facts so that they are relayed to consumers. */
  record(stream: string, facts: readonly { type: string; data: unknown }[]): Promise<void>
  /** Starts the consumer of a context; the returned function stops it as a crash would: what was not acknowledged comes again. */
  consume(handle: (events: readonly RecordedEvent[]) => Promise<void>): Promise<() => Promise<void>>
  close(): Promise<void>
}

export interface ServedByTest {
  command(command: Command): Promise<CommandReply>
  query(message: { type: string; data: unknown }): Promise<unknown>
}

export const KitCommand = defineCommand(
  'KitCommand',
  { context: 'accounts', category: 'kit', aggregateId: ({ id }: { id: string }) => id },
  Type.Object({ id: Field.text, step: Field.integer, filler: Type.Optional(Field.text) }),
)
export const KitQuery = defineQuery<{ question: string; times?: number }, { answer: string }>()('KitQuery', 'accounts')
export const KitHappened = defineEvent(
  'KitHappened',
  Type.Object({ step: Field.integer, personal: Type.Optional(Field.json) }),
  {
    personalSubject: () => 'someone',
  },
)
export const KitSecret = defineEvent('KitSecret', Type.Object({}), { internal: true })
export const kitRegistry = new EventRegistry([KitHappened, KitSecret])

const streamOf = (name: string) => `kit-${derivedId('stream', name)}`

/** Holds every transport equal. Source: architecture.md, sections 3 and 4. */
export function messageBusConformance(name: string, make: (served: ServedByTest) => Promise<BusUnderTest>): void {
  describe(`${name}: commands and queries`, () => {
    const done: number[] = []
    const served: ServedByTest = {
      command: async (command) => {
        const { step, id } = command.data as { step: number; id: string }
        if (id === 'broken') throw new TypeError('a bug')
        if (id === 'down') throw new StoreUnavailable('the store is away')
        if (id === 'slow') await new Promise((resolve) => setTimeout(resolve, 300))
        // Later steps are quicker: only the key keeps the order.
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, 20 - step * 2)))
        done.push(step)
        return { ok: true, value: { id, events: ['Done'] }, position: 9_007_199_254_740_993n }
      },
      query: ({ data }) => {
        const { question, times = 1 } = data as { question: string; times?: number }
        return Promise.resolve({ answer: question.toUpperCase().repeat(times) })
      },
    }
    let under: BusUnderTest
    const send = (data: { id: string; step: number; filler?: string }, timeoutMs?: number) =>
      under.bus.send(KitCommand, KitCommand(data, testMetadata()), timeoutMs)

    beforeAll(async () => {
      under = await make(served)
    })
    afterAll(() => under.close())
    beforeEach(() => void done.splice(0))

    it('answer the sender, positions beyond a double included', async () => {
      expect(await send({ id: 'a', step: 1 })).toEqual({
        ok: true,
        value: { id: 'a', events: ['Done'] },
        position: 9_007_199_254_740_993n,
      })
      expect(await under.bus.ask(KitQuery, { question: 'why' }, testMetadata())).toEqual({ answer: 'WHY' })
    })

    it('of one aggregate are handled in the order sent', async () => {
      await Promise.all([1, 2, 3, 4, 5, 6].map((step) => send({ id: 'same', step })))
      expect(done).toEqual([1, 2, 3, 4, 5, 6])
    })

    it('above the bound are refused at the sender', async () => {
      await expect(send({ id: 'a', step: 1, filler: 'x'.repeat(MESSAGE_BYTES_MAX) })).rejects.toThrow(MessageTooLarge)
      expect(done).toEqual([])
    })

    it('with answers far above the bound of a message are answered whole, whatever their letters', async () => {
      const times = Math.ceil((3 * MESSAGE_BYTES_MAX) / Buffer.byteLength('Ä€😀'))
      const { answer } = await under.bus.ask(KitQuery, { question: 'ä€😀', times }, testMetadata())
      expect(answer).toHaveLength('Ä€😀'.length * times)
      // A difference within millions of letters is not worth printing.
      expect(answer === 'Ä€😀'.repeat(times)).toBe(true)
    })

    it('that fail are known to the sender by name', async () => {
      await expect(send({ id: 'down', step: 1 })).rejects.toThrow(StoreUnavailable)
      await expect(send({ id: 'broken', step: 1 })).rejects.toThrow('a bug')
    })

    it('whose reply comes too late are given up, and the late reply harms nobody', async () => {
      await expect(send({ id: 'slow', step: 1 }, 50)).rejects.toThrow(ReplyTimedOut)
      expect(await send({ id: 'slow', step: 2 })).toMatchObject({ ok: true })
    })
  })

  describe(`${name}: events`, () => {
    let under: BusUnderTest
    const nothing: ServedByTest = {
      command: () => Promise.reject(new Error('not here')),
      query: () => Promise.reject(new Error('not here')),
    }
    beforeEach(async () => {
      under = await make(nothing)
    })
    afterEach(() => under.close())

    const steps = (events: readonly RecordedEvent[]) => events.map(({ data }) => (data as { step: number }).step)

    it('reach the consumer in order per stream, without what is internal or personal', async () => {
      await under.record(streamOf('a'), [
        KitHappened({ step: 1, personal: { name: 'Ann' } }),
        KitSecret({}),
        KitHappened({ step: 2 }),
      ])
      const got: RecordedEvent[] = []
      const stop = await under.consume((events) => Promise.resolve(void got.push(...events)))
      await eventually(() => expect(steps(got)).toEqual([1, 2]))
      await under.record(streamOf('a'), [KitHappened({ step: 3 })])
      await eventually(() => expect(steps(got)).toEqual([1, 2, 3]))
      expect(JSON.stringify(got.map(({ data }) => data))).not.toContain('Ann')
      expect(got[0]).toMatchObject({ type: 'KitHappened', stream: streamOf('a'), revision: 0, schemaVersion: 1 })
      await stop()
    })

    it('come again when the consumer failed, and none is lost', async () => {
      await under.record(streamOf('a'), [KitHappened({ step: 1 })])
      let tries = 0
      const got: RecordedEvent[] = []
      const stop = await under.consume((events) => {
        tries += 1
        if (tries < 3) return Promise.reject(new StoreUnavailable('not now'))
        got.push(...events)
        return Promise.resolve()
      })
      await eventually(() => expect(steps(got)).toEqual([1]))
      await stop()
    })

    it('that were not acknowledged before a crash come to the next consumer', async () => {
      await under.record(streamOf('a'), [KitHappened({ step: 1 })])
      let started = false
      const stop = await under.consume(() => {
        started = true
        return new Promise(() => undefined)
      })
      await eventually(() => expect(started).toBe(true))
      await stop()
      const got: RecordedEvent[] = []
      const stopSecond = await under.consume((events) => Promise.resolve(void got.push(...events)))
      await eventually(() => expect(steps(got)).toEqual([1]))
      await stopSecond()
    })
  })
}

const PATIENCE_MS = 10_000

/** Waits for a condition, never for a time. */
async function eventually(check: () => void): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      check()
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
