import { EventEmitter } from 'node:events'
import type { Consumer } from 'kafkajs'
import { LastingConsumer } from './lasting-consumer'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** As much of a consumer as there is to running and crashing. */
class CrashingConsumer extends EventEmitter {
  readonly events = { CRASH: 'crash' }
  readonly done: string[] = []
  refusals = 0

  async connect() {
    this.done.push('connect')
    if (this.refusals-- > 0) throw new Error('away')
  }

  async run() {
    this.done.push('run')
  }

  async disconnect() {
    this.done.push('disconnect')
  }

  crash(restart: boolean) {
    this.emit('crash', { payload: { restart, error: new Error('no coordinator') } })
  }

  async until(step: string, count: number) {
    const until = performance.now() + 60_000
    while (this.done.filter((each) => each === step).length < count && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('a consumer that lasts', () => {
  let consumer: CrashingConsumer
  let lasting: LastingConsumer

  beforeEach(async () => {
    consumer = new CrashingConsumer()
    lasting = new LastingConsumer(consumer as unknown as Consumer, quiet)
    await lasting.run({})
  })
  afterEach(() => lasting.end())

  it('begins again when kafkajs has given it up, as often as it takes', async () => {
    consumer.refusals = 1
    consumer.crash(false)
    await consumer.until('run', 2)
    expect(consumer.done).toEqual(['run', 'connect', 'connect', 'run'])
  })

  it('leaves alone what begins again by itself', async () => {
    consumer.crash(true)
    consumer.crash(false)
    await consumer.until('run', 2)
    expect(consumer.done).toEqual(['run', 'connect', 'run'])
  })

  it('does not begin again after its end', async () => {
    consumer.refusals = Number.POSITIVE_INFINITY
    consumer.crash(false)
    await consumer.until('connect', 1)
    await lasting.end()
    const { length } = consumer.done
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(consumer.done).toHaveLength(length)
  })
})
