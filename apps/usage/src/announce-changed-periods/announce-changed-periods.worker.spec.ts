import { MeasurePeriod, NotePeriodChange } from '@billstream/usage-contracts'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { ingestEvent, uuid, UsageWorld } from '../../test/usage-world'

const period = { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' }
const request = {
  ...{ invoiceId: uuid('june'), subscriptionId: uuid('subscription'), customerId: uuid('acme') },
  ...{ externalCustomerId: 'acme', externalSubscriptionId: 'acme-main', planId: uuid('pro'), planVersion: 1 },
  ...{ period, boundary: { kind: 'period_close' } },
}

describe('usage for a measured period', () => {
  let world: UsageWorld
  beforeEach(async () => {
    world = new UsageWorld()
    await world.metric('tokens')
    await world.plan('pro', ['tokens'])
    const asked = { ...request, measurementId: uuid('draft'), purpose: 'draft' as const }
    await world.handle(MeasurePeriod(asked, testMetadata()))
  })

  /** Runs the worker until it has told so many changes. */
  const told = async (count: number) => {
    const stop = new AbortController()
    const running = world.service.workers[0]?.run(stop.signal)
    await until(() => world.sent.length >= count)
    stop.abort()
    await running
    return world.sent
  }

  it('is told as a change, in real time', async () => {
    await world.ingest([ingestEvent('late')])
    const [command] = await told(1)
    expect(command).toMatchObject({
      type: NotePeriodChange.type,
      data: { invoiceId: uuid('june'), change: 1, customerExternalId: 'acme', period, measured: request },
      metadata: { now: world.clock.now() },
    })
    expect(command?.metadata).not.toHaveProperty('clockId')
    expect(await world.log.changedPeriods(10)).toEqual([])
  })

  it('is told in the time of the customer’s clock', async () => {
    await world.customerOnClock('acme', '2023-12-02T00:00:00.000Z')
    await world.ingest([ingestEvent('late')])
    expect((await told(1))[0]?.metadata).toMatchObject({
      now: '2023-12-02T00:00:00.000Z',
      clockId: uuid('clock of acme'),
    })
  })

  it('wakes the worker', async () => {
    const stop = new AbortController()
    const running = world.service.workers[0]?.run(stop.signal)
    await world.ingest([ingestEvent('late')])
    await until(() => world.sent.length === 1)
    stop.abort()
    await running
  })

  it('is told again under the same command id when that was not noted', async () => {
    await world.ingest([ingestEvent('late')])
    jest.spyOn(world.log, 'announced').mockRejectedValueOnce(new Error('unreachable'))
    await expect(world.service.workers[0]?.run(new AbortController().signal)).rejects.toThrow('unreachable')
    const [first, second] = await told(2)
    expect(second?.metadata.commandId).toBe(first?.metadata.commandId)
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns += 1) {
    if (turns > 10_000) throw new Error('It did not come true.')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
