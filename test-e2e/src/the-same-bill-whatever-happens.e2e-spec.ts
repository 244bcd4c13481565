import { randomInt } from 'node:crypto'
import { Api, eventually } from './support/api'
import {
  AFTER_THE_PERIOD,
  expectThePaidMonth,
  setUpLlmCompany,
  untilClockIsReady,
  type LlmCompany,
} from './support/llm-company'
import { batchesOf, llmCalls, usageOf, type UsageEvent } from './support/llm-trace'
import { PlatformProcess } from './support/platform-process'
import { WebhookReceiver } from './support/webhook-receiver'

const CALLERS = 4
const KILLS_WHILE_INGESTING = 3

/** A generator that can be told again: the seed is printed. */
function seeded(seed: number): (below: number) => number {
  let state = seed % 2_147_483_647 || 1
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below
}

function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = random(index + 1)
    ;[copy[index], copy[other]] = [copy[other] as T, copy[index] as T]
  }
  return copy
}

describe('every batch is sent twice, in shuffled order, by four callers, while the process is killed again and again', () => {
  const seed = Number(process.env['SEED'] ?? randomInt(1, 2_147_483_646))
  const random = seeded(seed)
  let platform: PlatformProcess
  let receiver: WebhookReceiver
  let api: Api
  let company: LlmCompany

  beforeAll(async () => {
    process.stdout.write(`seed ${seed} (SEED=${seed} tells the same story)\n`)
    platform = await PlatformProcess.start()
    receiver = await WebhookReceiver.listen()
    api = new Api(() => platform.address, platform.demoKey)
    company = await setUpLlmCompany(api, receiver)
  }, 120_000)
  afterAll(async () => {
    await platform.dispose()
    await receiver.close()
  })

  it('takes all usage, each event once', async () => {
    const batches = batchesOf(usageOf(llmCalls(), company.externalId), 100)
    const queue = shuffled([...batches, ...batches], random)
    const killAt = new Set(Array.from({ length: KILLS_WHILE_INGESTING }, () => 20 + random(queue.length - 40)))
    let sent = 0
    let restarting: Promise<void> | undefined
    const restart = async () => {
      await platform.kill()
      await platform.boot()
    }
    const caller = async () => {
      for (let batch = queue.shift(); batch; batch = queue.shift()) {
        await insist(batch)
        sent += 1
        if (killAt.delete(sent)) restarting = restart()
        await restarting
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, caller))
    expect(killAt.size).toBe(0)
    const answer = await api.get('/v1/events/?limit=1')
    expect(answer.headers.get('x-total-count')).toBe(String(3 * llmCalls().length))
  }, 240_000)

  it('gives the same paid month, though it is killed while the clock advances', async () => {
    await api.create(`/v1/test_clocks/${company.clockId}/advance`, { frozen_time: AFTER_THE_PERIOD })
    await new Promise((resolve) => setTimeout(resolve, random(400)))
    await platform.kill()
    await platform.boot()
    await untilClockIsReady(api, company.clockId)
    await expectThePaidMonth(api, company, receiver)
    const answer = await api.get('/v1/events/?limit=1')
    expect(answer.headers.get('x-total-count')).toBe(String(3 * llmCalls().length))
  }, 240_000)

  /** A caller whose connection breaks sends the same batch again: nothing else tells it whether it was taken. */
  function insist(events: readonly UsageEvent[]): Promise<unknown> {
    return eventually(() => api.create('/v1/events/batch', { events }))
  }
})
