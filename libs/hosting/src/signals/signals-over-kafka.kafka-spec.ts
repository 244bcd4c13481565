import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Command, CommandReply, Context } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemoryBells, type ServiceRuntime } from '@billstream/event-sourcing-runtime'
import { timeOrderedId } from '@billstream/kernel'
import { topics } from '@billstream/messaging'
import { KitCommand } from '@billstream/messaging/conformance'
import {
  createKafka,
  ensureTopics,
  GroupLags,
  KafkaBus,
  KafkaStrategy,
  MessageSeal,
  OutgoingMessages,
  ReplyInbox,
  type KafkaConnection,
} from '@billstream/messaging-kafka'
import { Metrics, openTracing, ServiceHostModule, systemClock, type Signals } from '@billstream/platform'
import { testBroker, uniqueName } from '@billstream/testing'
import { tracedBus } from './observed-bus'
import { observedKafka } from './observed-kafka'
import { observedService } from './observed-service'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const PARTITIONS = 1
const seal = new MessageSeal('the secret of the server of this spec')
const PATIENCE_MS = 60_000
const REPLY: CommandReply = { ok: true, value: { id: 'a', events: [] }, position: 1n }
const READERS: ReadonlyMap<Context, readonly Context[]> = new Map([['accounts', ['accounts']]])

async function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** A service that takes every command. */
function service(signals: Signals) {
  const definition = { context: 'accounts', aggregates: [{ decider: { commands: [KitCommand] } }], queries: [] }
  const stub = {
    definition,
    command: (_command: Command) => Promise.resolve(REPLY),
    consumers: { handle: () => Promise.resolve() },
  }
  return observedService(stub as unknown as ServiceRuntime, signals)
}

describe('a command on its way through Kafka', () => {
  const exporter = new InMemorySpanExporter()
  const metrics = new Metrics(log)
  const tracing = openTracing(new SimpleSpanProcessor(exporter), { serviceName: 'billstream-spec', share: 1 })
  const correlationId = timeOrderedId()
  const closers: (() => Promise<void>)[] = [() => tracing.close()]
  let connection: KafkaConnection
  let outgoing: OutgoingMessages

  async function serve(): Promise<void> {
    const strategy = new KafkaStrategy({
      ...{ connection, outgoing, seal, bells: new MemoryBells(), clock: systemClock, log },
      feeds: [{ group: 'accounts', from: ['accounts'], types: [KitCommand.type], dealt: () => undefined }],
    })
    const onFailure = () => undefined

    @Module({ imports: [ServiceHostModule.forService(service({ log, metrics, tracing }), onFailure)] })
    class ServiceModule {}
    const microservice = await NestFactory.createMicroservice(ServiceModule, { strategy, logger: false })
    closers.push(() => microservice.close())
    await microservice.listen()
  }

  beforeAll(async () => {
    const settings = {
      ...{ brokers: [testBroker()], clientId: 'spec', topicPrefix: uniqueName('spec') },
      ...{ partitions: PARTITIONS, replicationFactor: 1 },
    }
    connection = observedKafka(createKafka(settings, log), metrics)
    await ensureTopics(connection, settings)
    outgoing = new OutgoingMessages(connection, log)
    closers.push(() => outgoing.close())
    const inbox = new ReplyInbox(connection, outgoing, seal, log)
    closers.push(() => inbox.close())
    await inbox.open()
    await serve()
    const bus = tracedBus(new KafkaBus(outgoing, inbox, seal, PARTITIONS), tracing)
    const request = tracing.start({ name: 'request', kind: 'server', correlationId })
    const command = KitCommand({ id: 'a', step: 1 }, testMetadata({ correlationId, causationId: correlationId }))
    expect(await request.within(() => bus.send(KitCommand, command))).toEqual(REPLY)
    request.end()
  })

  afterAll(async () => {
    for (const close of closers.reverse()) await close()
  })

  it('is one trace, with what handles it below what was sent', () => {
    const spans = exporter.getFinishedSpans()
    expect(spans.map((span) => span.spanContext().traceId)).toEqual(Array(3).fill(correlationId.replaceAll('-', '')))
    const parentOf = (name: string) => {
      const parent = spans.find((span) => span.name === name)?.parentSpanContext?.spanId
      return spans.find((span) => span.spanContext().spanId === parent)?.name
    }
    expect([parentOf('handle KitCommand'), parentOf('send KitCommand'), parentOf('request')]).toEqual([
      'send KitCommand',
      'request',
      undefined,
    ])
  })

  it('is counted at the brokers and at its service', () =>
    eventually(async () => {
      const text = await metrics.text()
      const commands = topics.commands('accounts')
      expect(text).toContain(`billstream_kafka_messages_sent_total{topic="${commands}"} 1`)
      expect(text).toContain(`billstream_kafka_messages_received_total{topic="${commands}"} 1`)
      expect(text).toContain(`billstream_kafka_rebalances_total{group="${commands}"} 1`)
      expect(text).toContain(`billstream_kafka_rebalances_total{group="${topics.replies}"} 1`)
      expect(text).toMatch(/billstream_kafka_produce_seconds_count\{outcome="sent"\} [1-9]/)
      expect(text).toContain('billstream_commands_total{context="accounts",type="KitCommand",code="ok"} 1')
    }))

  it('leaves a group behind no longer than it takes', async () => {
    const groups = new GroupLags(connection, READERS)
    closers.push(() => groups.close())
    expect(await groups.read()).toEqual([{ context: 'accounts', events: 0, seconds: 0 }])
    const unwanted = { headers: { ce_type: 'billstream.Unwanted.v1' }, key: 'a', value: '{}' }
    await outgoing.send({ topic: topics.events('accounts'), ...unwanted })
    await eventually(async () => expect((await groups.read())[0]?.events).toBe(0))
  })

  it('shows how far a group is behind in which nobody is', async () => {
    const groups = new GroupLags(connection, new Map([['usage', ['accounts']]]))
    closers.push(() => groups.close())
    const [lag] = await groups.read()
    expect(lag).toEqual({ context: 'usage', events: 1, seconds: 0 })
    expect((await groups.read())[0]?.seconds).toBeGreaterThan(0)
  })
})
