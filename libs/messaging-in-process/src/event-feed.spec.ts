import {
  MemoryBells,
  MemoryCheckpoints,
  MemoryEventStore,
  MemoryLeases,
  ProgressBoard,
  wantPositions,
} from '@billstream/event-sourcing-runtime'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { kitRegistry } from '@billstream/messaging/conformance'
import { fixedClock } from '@billstream/testing'
import { feedProgress, runEventFeed } from './event-feed'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const NAME = feedProgress('accounts')
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a feed', () => {
  it('saves where it stands when it is asked, also while nothing comes', async () => {
    const clock = fixedClock()
    const ports = {
      ...{ eventStore: new MemoryEventStore(clock), checkpoints: new MemoryCheckpoints(), bells: new MemoryBells() },
      ...{ leases: new MemoryLeases(), clock, log: quiet, sleeper: { sleep: () => Promise.resolve() } },
      ...{ events: kitRegistry, board: new ProgressBoard() },
    }
    const { now, ...metadata } = testMetadata()
    const happened = (step: number) => ({
      ...{ type: 'KitHappened', data: { step, personal: null }, id: derivedId('kit', step), schemaVersion: 1 },
      metadata: { ...metadata, occurredAt: now },
    })
    const stop = new AbortController()
    const group = { context: 'accounts', types: ['KitHappened'] } as const
    const running = runEventFeed(group, { request: () => Promise.resolve(undefined) }, ports, stop.signal)
    await ports.eventStore.append(`kit-${derivedId('stream')}`, 'any', [happened(1), happened(2)])
    const head = await ports.eventStore.head()
    while (ports.board.get(NAME) !== head) await turn()
    expect(await ports.checkpoints.load(NAME)).toBe(0n)
    wantPositions(ports.bells)
    while ((await ports.checkpoints.load(NAME)) !== head) await turn()
    stop.abort()
    await running
  })
})
