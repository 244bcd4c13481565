import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { derivedId } from '@billstream/kernel'
import { KitHappened } from '@billstream/messaging/conformance'
import { eventually } from '../test/eventually'
import { connect, relay, serveEvents, type RelayUnderTest } from '../test/kafka-under-test'

const LONG_MS = 180_000
const BETWEEN_STEPS_MS = 10
const HANDLING_MS = 10
/** Seen by one owner before the test goes on. */
const MANY = 100
const STREAMS = Array.from({ length: 12 }, (_, index) => `kit-${derivedId('stream of a rebalance', index)}`)

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

interface Sight {
  readonly owner: string
  readonly stream: string
  readonly step: number
}

/** A handler that takes its time, so that the group is dealt anew in the middle of its work. */
function noting(owner: string, sights: Sight[]) {
  return async (events: readonly RecordedEvent[]) => {
    for (const { stream, data } of events) sights.push({ owner, stream, step: (data as { step: number }).step })
    await pause(HANDLING_MS)
  }
}

/** Records the next step in every stream, again and again. The end is the number of steps. */
class Flow {
  private ending = false
  private readonly flowing: Promise<number>

  constructor(private readonly publishing: RelayUnderTest) {
    this.flowing = this.flow()
  }

  end(): Promise<number> {
    this.ending = true
    return this.flowing
  }

  private async flow(): Promise<number> {
    let step = 0
    for (; !this.ending; step += 1) {
      await Promise.all(STREAMS.map((stream) => this.publishing.record(stream, [KitHappened({ step })])))
      await pause(BETWEEN_STEPS_MS)
    }
    return step
  }
}

describe('a group that is dealt anew while events of several streams flow', () => {
  it(
    'loses none, and sees those of each stream in order',
    async () => {
      const connection = await connect()
      const publishing = relay(connection)
      const sights: Sight[] = []
      const seenBy = (owner: string) => sights.filter((sight) => sight.owner === owner).length
      const first = await serveEvents(connection, noting('first', sights))
      const flow = new Flow(publishing)
      await eventually(() => expect(seenBy('first')).toBeGreaterThan(MANY))
      const second = await serveEvents(connection, noting('second', sights))
      const before = seenBy('first')
      await eventually(() => expect(seenBy('second')).toBeGreaterThan(MANY))
      // Neither has taken all: the group was shared, and the flow did not wait for it.
      await eventually(() => expect(seenBy('first')).toBeGreaterThan(before))
      const steps = Array.from({ length: await flow.end() }, (_, step) => step)
      await eventually(() => {
        for (const stream of STREAMS) expect(firstSightsOf(stream, sights)).toHaveLength(steps.length)
      })
      for (const stream of STREAMS) expect(firstSightsOf(stream, sights)).toEqual(steps)
      await Promise.all([first.stop(), second.stop()])
      await publishing.stop()
    },
    LONG_MS,
  )
})

/** What was handled and not yet committed comes again to the new owner; what it did the first time counts. */
function firstSightsOf(stream: string, sights: readonly Sight[]): number[] {
  return [...new Set(sights.filter((sight) => sight.stream === stream).map(({ step }) => step))]
}
