import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { testBroker, uniqueName } from '@billstream/testing'
import { Kafka, logLevel, type Producer } from 'kafkajs'
import samples from '../sample-events.json'

const TIMEOUT_MS = 60_000
const POLL_MS = 50
const DEFAULT_TOPIC = 'billstream.events.invoicing'
const FOLDER = resolve(__dirname, '..')
type Sample = (typeof samples)[number]
const [started, paid] = samples as [Sample, Sample]

/** The samples as the events of another invoice. */
function historyOf(invoiceId: string) {
  const ofInvoice = (event: Sample) => ({
    ...event,
    id: randomUUID(),
    subject: `invoice-${invoiceId}`,
    data: { ...event.data, invoiceId },
  })
  return { started: ofInvoice(started), paid: ofInvoice(paid) }
}

function lineOf(invoiceId: string): string {
  return `Invoice ${invoiceId} of organization ${paid.organizationid} was paid at ${paid.data.paidAt}.`
}

/** A run of the program: what it has printed so far, and its end. */
class Run {
  readonly lines: string[] = []
  readonly said: string[] = []
  private readonly child: ChildProcess

  constructor([program, ...programArguments]: readonly [string, ...string[]], environment: Record<string, string>) {
    const env = { ...process.env, ...environment }
    this.child = spawn(program, programArguments, { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'pipe'] })
    if (this.child.stdout) createInterface(this.child.stdout).on('line', (line) => this.lines.push(line))
    if (this.child.stderr) createInterface(this.child.stderr).on('line', (line) => this.said.push(line))
  }

  async printed(line: string): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS
    while (!this.lines.includes(line)) {
      if (performance.now() > deadline)
        throw new Error(`"${line}" was not printed, but: ${[...this.lines, ...this.said].join('\n')}`)
      await pause(POLL_MS)
    }
  }

  /** Resolves with the exit code. */
  async stop(): Promise<unknown> {
    const ended = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    return ((await ended) as [unknown])[0]
  }
}

/** What every subscriber does, whatever its language. command: gives the program and its arguments, from the example's folder. */
export function describeSubscriber(language: string, command: () => Promise<readonly [string, ...string[]]>): void {
  describe(`the subscriber in ${language}`, () => {
    const prefix = uniqueName('events')
    const topic = `${prefix}.invoicing`
    const kafka = new Kafka({ brokers: [testBroker()], clientId: 'subscriber-spec', logLevel: logLevel.NOTHING })
    const settings = { KAFKA_BROKERS: testBroker(), KAFKA_GROUP: prefix, KAFKA_TOPICS: `^${prefix}\\.` }
    const producer: Producer = kafka.producer()
    let program: readonly [string, ...string[]]

    const publish = (...events: readonly { subject: string }[]) =>
      producer.send({
        topic,
        messages: events.map((event) => ({ key: event.subject, value: JSON.stringify(event) })),
      })

    beforeAll(async () => {
      program = await command()
      const admin = kafka.admin()
      await admin.connect()
      const topics = [topic, DEFAULT_TOPIC, `${DEFAULT_TOPIC}.dlq`].map((each) => ({ topic: each, numPartitions: 1 }))
      await admin.createTopics({ topics, waitForLeaders: true })
      await admin.disconnect()
      await producer.connect()
    }, TIMEOUT_MS * 2)
    afterAll(() => producer.disconnect())

    it(
      'prints each paid invoice once, in its order, and goes on where it stopped',
      async () => {
        const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
        const { started, paid } = historyOf(first)
        await publish(
          started,
          paid,
          started,
          paid,
          { ...started, subject: `plan-${randomUUID()}` },
          historyOf(second).paid,
        )
        const run = new Run(program, settings)
        await run.printed(lineOf(second))
        expect(run.lines).toEqual([lineOf(first), lineOf(second)])
        expect(await run.stop()).toBe(0)

        await publish(historyOf(third).paid)
        const again = new Run(program, settings)
        await again.printed(lineOf(third))
        expect(again.lines).toEqual([lineOf(third)])
        expect(await again.stop()).toBe(0)
      },
      TIMEOUT_MS * 3,
    )

    it(
      'names a message that is no event, and goes on behind it',
      async () => {
        const invoiceId = randomUUID()
        const values = ['no JSON', '[]', '{"id":"1"}', null, JSON.stringify(historyOf(invoiceId).paid)]
        await producer.send({ topic, messages: values.map((value) => ({ key: 'key', value })) })
        const run = new Run(program, settings)
        await run.printed(lineOf(invoiceId))
        expect(run.said).toEqual(values.slice(1).map(() => expect.stringContaining(`no event: ${topic}, `) as string))
        expect(await run.stop()).toBe(0)
      },
      TIMEOUT_MS * 2,
    )

    it(
      'follows the events of each context and no dead letters, unless it is told otherwise',
      async () => {
        const invoiceId = randomUUID()
        const deadLetter = { topic: `${DEFAULT_TOPIC}.dlq`, messages: [{ value: 'what could not be handled' }] }
        const event = { topic: DEFAULT_TOPIC, messages: [{ value: JSON.stringify(historyOf(invoiceId).paid) }] }
        await producer.sendBatch({ topicMessages: [deadLetter] })
        await producer.sendBatch({ topicMessages: [event] })
        const { KAFKA_TOPICS: _, ...byDefault } = settings
        const run = new Run(program, { ...byDefault, KAFKA_GROUP: uniqueName('default') })
        await run.printed(lineOf(invoiceId))
        expect(run.said.filter((line) => line.includes('.dlq'))).toEqual([])
        expect(await run.stop()).toBe(0)
      },
      TIMEOUT_MS * 2,
    )
  })
}
