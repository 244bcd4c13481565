import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startBroker, testBroker, uniqueName, type Broker } from '@billstream/testing'
import { Kafka, logLevel } from 'kafkajs'

const ROOT = resolve(__dirname, '../..')
const START_TIMEOUT_MS = 120_000
const END_TIMEOUT_MS = 60_000
const POLL_MS = 100

function clientOf(brokers: string): Kafka {
  return new Kafka({ brokers: [brokers], clientId: 'broker-spec', logLevel: logLevel.NOTHING })
}

async function createTopic(brokers: string): Promise<string> {
  const topic = uniqueName('broker-spec')
  const admin = clientOf(brokers).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  await admin.disconnect()
  return topic
}

async function produce(brokers: string, topic: string, values: readonly string[]): Promise<void> {
  const producer = clientOf(brokers).producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 3 } })
  await producer.connect()
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) })
  await producer.disconnect()
}

/** The first `count` values of the topic. */
async function consume(brokers: string, topic: string, count: number): Promise<string[]> {
  const consumer = clientOf(brokers).consumer({ groupId: uniqueName('broker-spec') })
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((done, failed) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      values.push(String(message.value))
      if (values.length === count) done()
    }
    consumer.run({ eachMessage }).catch(failed)
  })
  await consumer.disconnect()
  return values
}

/** Whether a broker answers there, asked once. */
async function isServed(brokers: string): Promise<boolean> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin()
  const isConnected = await admin.connect().then(
    () => true,
    () => false,
  )
  await admin.disconnect()
  return isConnected
}

async function ends(brokers: string): Promise<boolean> {
  const deadline = performance.now() + END_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (!(await isServed(brokers))) return true
    await pause(POLL_MS)
  }
  return false
}

/** A program that starts a broker and prints its address. */
const PROGRAM = `require('./tools/kafka/broker.cjs').startBroker().then(({ brokers }) => {
  console.log(brokers)
  setInterval(() => {}, 1000)
})`

describe('the broker of a run', () => {
  it('takes messages and gives them in their order', async () => {
    const topic = await createTopic(testBroker())
    await produce(testBroker(), topic, ['one', 'two', 'three'])
    expect(await consume(testBroker(), topic, 3)).toEqual(['one', 'two', 'three'])
  })

  it('makes no topic because somebody writes to it', async () => {
    const producing = produce(testBroker(), uniqueName('misspelt'), ['lost'])
    await expect(producing).rejects.toThrow(/does not host this topic-partition/)
  })
})

describe('a broker of a suite', () => {
  let broker: Broker
  let topic: string

  beforeAll(async () => {
    broker = await startBroker()
    topic = await createTopic(broker.brokers)
  }, START_TIMEOUT_MS)
  afterAll(() => broker.stop())

  it(
    'keeps address and data when it is started again',
    async () => {
      const before = broker.brokers
      await produce(broker.brokers, topic, ['one'])
      await broker.restart()
      expect(broker.brokers).toBe(before)
      expect(await consume(broker.brokers, topic, 1)).toEqual(['one'])
    },
    START_TIMEOUT_MS,
  )

  it(
    'is gone once killed, and comes back with what it had',
    async () => {
      await produce(broker.brokers, topic, ['two'])
      await broker.kill()
      const admin = clientOf(broker.brokers).admin({ retry: { retries: 0 } })
      await expect(admin.connect()).rejects.toThrow(/ECONNREFUSED/)
      await broker.restart()
      expect(await consume(broker.brokers, topic, 2)).toEqual(['one', 'two'])
    },
    START_TIMEOUT_MS,
  )

  it(
    'answers nobody while it is paused',
    async () => {
      await broker.pause()
      let answered = false
      const producing = produce(broker.brokers, topic, ['three']).then(() => (answered = true))
      await pause(500)
      expect(answered).toBe(false)
      await broker.resume()
      await producing
      expect(await consume(broker.brokers, topic, 3)).toEqual(['one', 'two', 'three'])
    },
    START_TIMEOUT_MS,
  )
})

describe('a broker whose port is taken', () => {
  it(
    'says so',
    async () => {
      const port = Number(testBroker().split(':')[1])
      await expect(startBroker({ port })).rejects.toThrow(/in use|already allocated/)
    },
    START_TIMEOUT_MS,
  )
})

describe('a broker whose program is killed', () => {
  it(
    'ends with it',
    async () => {
      const program = spawn(process.execPath, ['-e', PROGRAM], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
      const [line] = (await once(program.stdout, 'data')) as [Buffer]
      const brokers = line.toString().trim()
      expect(await isServed(brokers)).toBe(true)
      program.kill('SIGKILL')
      expect(await ends(brokers)).toBe(true)
    },
    START_TIMEOUT_MS,
  )
})

/** `npm run kafka` with these options. */
class Tool {
  printed = ''
  private readonly child: ChildProcess

  constructor(...options: readonly string[]) {
    this.child = spawn(process.execPath, ['tools/kafka/main.mjs', ...options], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const read = (chunk: Buffer) => (this.printed += chunk.toString())
    this.child.stdout?.on('data', read)
    this.child.stderr?.on('data', read)
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** Its exit code; null: it ended by a signal. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close')
    return this.child.exitCode
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.ended()
  }

  /** The address, once it serves. */
  async serves(): Promise<string> {
    for (;;) {
      const [, brokers] = /serves at (\S+) after/.exec(this.printed) ?? []
      if (brokers !== undefined) return brokers
      if (this.child.exitCode !== null) throw new Error(this.printed)
      await pause(POLL_MS)
    }
  }
}

describe('npm run kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-tool-'))
  const port = String(20_000 + (process.pid % 10_000))
  const start = () => new Tool('--port', port, '--data', folder)
  const brokerPid = () => Number(readFileSync(join(folder, 'broker.pid'), 'utf8').split('\n')[0])

  /** kill -9 of the program together with its watchdog. */
  async function orphan(tool: Tool): Promise<void> {
    const processes = execFileSync('ps', ['-ww', '-e', '-o', 'pid=', '-o', 'args='], { encoding: 'utf8' }).split('\n')
    const watchdog = processes.find((line) => line.includes(`watchdog ${brokerPid()}`))
    process.kill(Number.parseInt(watchdog ?? '', 10), 'SIGKILL')
    await tool.end('SIGKILL')
  }

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(
    'leaves a broker alone that another one looks after, and names both',
    async () => {
      const first = start()
      const brokers = await first.serves()
      const second = new Tool('--port', String(Number(port) + 1), '--data', folder)
      expect(await second.ended()).toBe(1)
      expect(second.printed).toContain(`Process ${first.pid} already serves Kafka at ${brokers} from ${folder}`)
      expect(await isServed(brokers)).toBe(true)
      expect(await first.end('SIGINT')).toBe(0)
      expect(await isServed(brokers)).toBe(false)
    },
    START_TIMEOUT_MS,
  )

  it(
    'ends a broker that lost its program and its watchdog, and takes its place',
    async () => {
      const first = start()
      const brokers = await first.serves()
      const left = brokerPid()
      await orphan(first)
      expect(await isServed(brokers)).toBe(true)
      const second = new Tool('--port', String(Number(port) + 1), '--data', folder)
      await second.serves()
      expect(brokerPid()).not.toBe(left)
      expect(await isServed(brokers)).toBe(false)
      await second.end('SIGINT')
    },
    START_TIMEOUT_MS,
  )

  it(
    'ends, and says why, when its broker has ended',
    async () => {
      const tool = start()
      const brokers = await tool.serves()
      process.kill(brokerPid(), 'SIGKILL')
      expect(await tool.ended()).toBe(1)
      expect(tool.printed).toContain(`The Kafka broker at ${brokers} has ended by itself.`)
    },
    START_TIMEOUT_MS,
  )

  it.each([
    ['an option that it does not know', ['--bogus'], "'--bogus'"],
    ['a port that is none', ['--port', 'abc'], '--port: "abc" is not a whole number from 1 to 65535.'],
    ['a port that is too great', ['--port', '65536'], '--port: "65536" is not a whole number from 1 to 65535.'],
  ])('names %s', async (_, options, words) => {
    const tool = new Tool(...options)
    expect(await tool.ended()).toBe(1)
    expect(tool.printed).toContain(words)
    expect(tool.printed).not.toContain('    at ')
  })

  it('names the port that is taken', async () => {
    const taken = testBroker().split(':')[1] ?? ''
    const tool = new Tool('--port', taken, '--data', folder)
    expect(await tool.ended()).toBe(1)
    expect(tool.printed).toMatch(new RegExp(`${taken}.*(is taken|already allocated)`))
    expect(tool.printed).not.toContain('    at ')
  })

  it('says how it is used', async () => {
    const tool = new Tool('--help')
    expect(await tool.ended()).toBe(0)
    for (const option of ['--port', '--data', '--help']) expect(tool.printed).toContain(option)
  })
})
