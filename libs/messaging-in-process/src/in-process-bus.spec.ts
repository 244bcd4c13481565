import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  MemoryBells,
  MemoryCheckpoints,
  MemoryEventStore,
  MemoryLeases,
  ProgressBoard,
  type ServiceRuntime,
} from '@billstream/event-sourcing-runtime'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { kitRegistry, messageBusConformance } from '@billstream/messaging/conformance'
import { ServiceHostModule } from '@billstream/platform'
import { fixedClock } from '@billstream/testing'
import { runEventFeed } from './event-feed'
import { InProcessBus } from './in-process-bus'
import { InProcessStrategy } from './in-process.strategy'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

messageBusConformance('the in-process bus', async (served) => {
  const bus = new InProcessBus()
  let consumer: (events: never) => Promise<void> = () => Promise.resolve()
  const runtime = {
    definition: { context: 'accounts' },
    command: served.command,
    query: served.query,
    consumers: { handle: (events: never) => consumer(events) },
  } as unknown as ServiceRuntime

  @Module({ imports: [ServiceHostModule.forService(runtime, () => undefined)] })
  class Services {}
  const services = await NestFactory.createMicroservice(Services, {
    strategy: new InProcessStrategy(bus),
    logger: false,
  })
  await services.listen()

  const clock = fixedClock()
  const eventStore = new MemoryEventStore(clock)
  const ports = {
    eventStore,
    bells: new MemoryBells(),
    checkpoints: new MemoryCheckpoints(),
    log: quiet,
    clock,
    sleeper: { sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, 5))) },
    events: kitRegistry,
    board: new ProgressBoard(),
  }
  let recorded = 0
  const stops: AbortController[] = []
  return {
    bus,
    async record(stream, facts) {
      const { now, ...metadata } = testMetadata()
      const events = facts.map((fact) => ({
        ...fact,
        id: derivedId('kit', stream, (recorded += 1)),
        schemaVersion: 1,
        metadata: { ...metadata, occurredAt: now },
      }))
      await eventStore.append(stream, 'any', events)
    },
    consume(handle) {
      consumer = handle
      const stop = new AbortController()
      stops.push(stop)
      // The lease of a process that crashed is gone with it.
      const fresh = { ...ports, leases: new MemoryLeases() }
      const running = runEventFeed(
        { context: 'accounts', types: ['KitHappened', 'KitSecret'] },
        bus,
        fresh,
        stop.signal,
      )
      return Promise.resolve(async () => {
        stop.abort()
        // A crash does not wait for what hangs.
        await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 50))])
      })
    },
    close: async () => {
      for (const stop of stops) stop.abort()
      await services.close()
    },
  }
})
