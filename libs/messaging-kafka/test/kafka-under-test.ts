import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  MemoryBells,
  MemoryCheckpoints,
  MemoryEventStore,
  MemoryLeases,
  type ServiceRuntime,
} from '@billstream/event-sourcing-runtime'
import type { Context, RecordedEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { answerWith, topics } from '@billstream/messaging'
import { kitRegistry, type BusUnderTest, type ServedByTest } from '@billstream/messaging/conformance'
import { ServiceHostModule, systemClock, systemSleeper } from '@billstream/platform'
import { testBroker, uniqueName } from '@billstream/testing'
import { createKafka, type KafkaConnection } from '../src/connection/kafka-client'
import { ensureTopics } from '../src/connection/kafka-topics'
import { EventServer } from '../src/consuming/event-server'
import { GroupConsumer } from '../src/consuming/group-consumer'
import { UnreadableMessages } from '../src/consuming/unreadable-messages'
import { KafkaStrategy } from '../src/kafka.strategy'
import { runEventRelay } from '../src/relay/event-relay'
import { MessageSeal } from '../src/sealing/message-seal'
import { KafkaBus } from '../src/sending/kafka-bus'
import { OutgoingMessages } from '../src/sending/outgoing-messages'
import { ReplyInbox } from '../src/sending/reply-inbox'

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const PARTITIONS = 3
/** As each process has it that has the platform's secret. */
export const sealOfTest = () => new MessageSeal('the secret of the server of this spec')

/** A platform's names of its own on the shared broker, or on `brokers`. */
export async function connect(
  brokers = testBroker(),
  { replicationFactor } = { replicationFactor: 1 },
): Promise<KafkaConnection> {
  const settings = {
    brokers: [brokers],
    clientId: 'test',
    topicPrefix: uniqueName('test'),
    partitions: PARTITIONS,
    replicationFactor,
  }
  const connection = createKafka(settings, quiet)
  await ensureTopics(connection, settings)
  return connection
}

export interface Sender {
  readonly bus: KafkaBus
  readonly outgoing: OutgoingMessages
  close(): Promise<void>
}

/** A process that sends requests and hears the replies. */
export async function openSender(connection: KafkaConnection): Promise<Sender> {
  const outgoing = new OutgoingMessages(connection, quiet)
  const seal = sealOfTest()
  const inbox = new ReplyInbox(connection, outgoing, seal, quiet)
  await inbox.open()
  return {
    bus: new KafkaBus(outgoing, inbox, seal, PARTITIONS),
    outgoing,
    async close() {
      await inbox.close()
      await outgoing.close()
    },
  }
}

export interface ServiceUnderTest {
  readonly strategy: KafkaStrategy
  /** Gracefully. */
  stop(): Promise<void>
}

type Handlers = Partial<ServedByTest> & {
  events?(events: readonly RecordedEvent[]): Promise<void>
  usage?(requests: readonly unknown[]): Promise<readonly unknown[]>
}

/** A process of the service `accounts` whose handlers are the test's. */
export async function serve(
  connection: KafkaConnection,
  handlers: Handlers,
  from: readonly Context[] = ['accounts'],
): Promise<ServiceUnderTest> {
  const outgoing = new OutgoingMessages(connection, quiet)
  const runtime = {
    definition: { context: 'accounts', ...(handlers.usage && { ingest: handlers.usage }) },
    command: handlers.command,
    query: handlers.query,
    usage: handlers.usage,
    consumers: { handle: (events: RecordedEvent[]) => handlers.events?.(events) ?? Promise.resolve() },
  } as unknown as ServiceRuntime
  const strategy = new KafkaStrategy({
    ...{ connection, outgoing, seal: sealOfTest(), bells: new MemoryBells(), clock: systemClock, log: quiet },
    feeds: [{ group: 'accounts', from, types: ['KitHappened'], dealt: () => undefined }],
  })

  @Module({ imports: [ServiceHostModule.forService(runtime, () => undefined)] })
  class Service {}
  const microservice = await NestFactory.createMicroservice(Service, { strategy, logger: false })
  await microservice.listen()
  return {
    strategy,
    async stop() {
      await microservice.close()
      await outgoing.close()
    },
  }
}

export interface RelayUnderTest {
  record(stream: string, facts: readonly { type: string; data: unknown }[]): Promise<void>
  stop(): Promise<void>
}

/** An event store whose events are published. */
export function relay(connection: KafkaConnection): RelayUnderTest {
  const outgoing = new OutgoingMessages(connection, quiet)
  const eventStore = new MemoryEventStore(systemClock)
  const ports = {
    eventStore,
    checkpoints: new MemoryCheckpoints(),
    leases: new MemoryLeases(),
    bells: new MemoryBells(),
  }
  const stopping = new AbortController()
  const running = runEventRelay(
    ({ type }) => {
      const descriptor = kitRegistry.has(type) ? kitRegistry.get(type) : undefined
      return !descriptor || descriptor.internal ? undefined : { topic: topics.events('accounts'), descriptor }
    },
    (message) => outgoing.send(message),
    { ...ports, log: quiet, sleeper: systemSleeper, clock: systemClock },
    stopping.signal,
  )
  let recorded = 0
  return {
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
    async stop() {
      stopping.abort()
      await running
      await outgoing.close()
    },
  }
}

/** One sender, one service and one relay, as the bus's kit wants them; the consumer of events is a process of its own. */
export async function kafkaUnderTest(served: ServedByTest): Promise<BusUnderTest> {
  const connection = await connect()
  const sender = await openSender(connection)
  const service = await serve(connection, served, [])
  const publishing = relay(connection)
  return {
    bus: sender.bus,
    record: publishing.record,
    async consume(events) {
      const consumer = await serveEvents(connection, events)
      // A handler that hangs is given up after a while, and nothing of it is committed: as after a crash.
      return () => consumer.stop()
    },
    async close() {
      await publishing.stop()
      await service.stop()
      await sender.close()
    },
  }
}

/** A process that only consumes events. */
export async function serveEvents(
  connection: KafkaConnection,
  handle: (events: readonly RecordedEvent[]) => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
  const outgoing = new OutgoingMessages(connection, quiet)
  const server = new EventServer({
    unreadable: new UnreadableMessages(outgoing, quiet),
    types: new Set(['billstream.KitHappened']),
    handle: (events) =>
      answerWith(
        () => handle(events),
        () => undefined,
      ),
    handled: () => undefined,
    log: quiet,
  })
  const consumer = new GroupConsumer(
    connection,
    {
      groupId: topics.feed('accounts'),
      topics: [topics.events('accounts')],
      take: (taken) => server.take(taken),
    },
    quiet,
  )
  await consumer.start()
  return {
    async stop() {
      await consumer.stop()
      await outgoing.close()
    },
  }
}
