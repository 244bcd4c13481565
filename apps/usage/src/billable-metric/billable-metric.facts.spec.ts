import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { BillableMetric } from '@billstream/usage-contracts'
import { gatherForChangeMetric, gatherForRemoveMetric } from './billable-metric.facts'
import { ingestEvent, uuid, UsageWorld } from '../../test/usage-world'

const id = uuid('tokens')

describe('facts about a billable metric', () => {
  let world: UsageWorld
  beforeEach(async () => {
    world = new UsageWorld()
    await world.metric('tokens')
    await world.metric('calls')
  })
  const hasEvents = async (changes: object) => {
    const command = BillableMetric.Change({ id, changes }, testMetadata())
    return gatherForChangeMetric(world.log)(command, world.facts)
  }
  const isPriced = () => gatherForRemoveMetric(BillableMetric.Remove({ id }, testMetadata()), world.facts)

  it('say that it has events when its field is to change', async () => {
    expect(await hasEvents({ fieldName: 'words' })).toEqual({ ok: true, value: { hasEvents: false } })
    await world.ingest([ingestEvent('a')])
    expect(await hasEvents({ fieldName: 'words' })).toEqual({ ok: true, value: { hasEvents: true } })
  })

  it('do not ask for events when only its name changes', async () => {
    await world.ingest([ingestEvent('a')])
    expect(await hasEvents({ name: 'Words' })).toEqual({ ok: true, value: { hasEvents: false } })
  })

  it('say that a plan prices it', async () => {
    await world.plan('other', ['calls'])
    expect(await isPriced()).toEqual({ ok: true, value: { pricedByPlan: false } })
    await world.plan('pro', ['calls', 'tokens'])
    expect(await isPriced()).toEqual({ ok: true, value: { pricedByPlan: true } })
  })

  it('leave archived plans aside', async () => {
    await world.plan('old', ['tokens'], 'archived')
    expect(await isPriced()).toEqual({ ok: true, value: { pricedByPlan: false } })
  })
})
