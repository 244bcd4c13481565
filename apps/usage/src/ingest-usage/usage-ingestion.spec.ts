import type { IngestAnswer, IngestEvent } from '@billstream/usage-contracts'
import { billableMetricView } from '@billstream/usage-read-model'
import { ingestEvent, organizationId, uuid, UsageWorld } from '../../test/usage-world'

const statuses = (answer: IngestAnswer | undefined) =>
  answer?.ok ? answer.events.map((event) => (event.status === 'refused' ? event.code : event.status)) : answer?.code

describe('ingestion', () => {
  let world: UsageWorld
  beforeEach(async () => {
    world = new UsageWorld()
    await world.metric('tokens')
  })

  it('takes an event of a customer that does not exist, and shows it as stored', async () => {
    const event = ingestEvent('tx-1')
    const [answer] = await world.ingest([event])
    expect(answer).toEqual({
      ok: true,
      events: [{ status: 'created', event: { ...event, id: expect.any(String) as unknown } }],
    })
    const stored = answer?.ok && answer.events[0]?.status === 'created' ? answer.events[0].event : undefined
    expect(await world.ask('GetUsageEvent', { id: stored?.id })).toEqual({ event: stored })
  })

  it('answers a repeat, a conflict and a bad event each by itself', async () => {
    const [first] = await world.ingest([
      ingestEvent('a'),
      ingestEvent('a'),
      ingestEvent('a', { properties: '{"tokens":6}' }),
      ingestEvent('b', { properties: '{}' }),
      ingestEvent('c'),
    ])
    expect(statuses(first)).toEqual(['created', 'duplicate', 'conflict', 'field_missing', 'created'])
    expect(first?.ok && first.events[3]).toMatchObject({ status: 'refused', field: 'properties.tokens' })
  })

  it('takes the requests of one moment together, each with its own answer', async () => {
    const answers = await world.ingest(
      [ingestEvent('a')],
      [ingestEvent('b', { code: 'unheard' })],
      [ingestEvent('a'), ingestEvent('c')],
      [ingestEvent('d', { timestamp: 'soon' })],
    )
    expect(answers.map(statuses)).toEqual([
      ['created'],
      'unknown_metric_code',
      ['duplicate', 'created'],
      ['invalid_timestamp'],
    ])
  })

  it('takes ids of 255 characters, whatever they need', async () => {
    const id = '💳'.repeat(255)
    const [answer] = await world.ingest([ingestEvent(id, { externalCustomerId: id, externalSubscriptionId: id })])
    expect(statuses(answer)).toEqual(['created'])
  })

  describe('beside a message that is no request', () => {
    const { code: _, ...codeless } = ingestEvent('b')
    it.each([
      ['nothing', null, 0, 'events'],
      ['a text', 'strange', 0, 'events'],
      ['no list', { events: {} }, 0, 'events'],
      ['no event', { events: [ingestEvent('b'), null] }, 1, 'transactionId'],
      ['no code', { events: [codeless] }, 0, 'code'],
      ['a number', { events: [{ ...ingestEvent('b'), properties: 5 }] }, 0, 'properties'],
      ['a long name', { events: [ingestEvent('b'.repeat(511))] }, 0, 'transactionId'],
      ['NUL', { events: [ingestEvent('b', { externalCustomerId: 'a\0' })] }, 0, 'externalCustomerId'],
      ['half a pair', { events: [ingestEvent('b', { properties: '{"tokens":5,"a":"\ud83d"}' })] }, 0, 'properties'],
      ['no instant', { events: [{ ...ingestEvent('b'), createdAt: 'soon' }] }, 0, 'createdAt'],
    ])('takes the others, and names what is wrong with %s', async (_name, payload, index, field) => {
      const [first, strange, last] = await world.ingestPayloads({ events: [ingestEvent('a')], batch: false }, payload, {
        events: [ingestEvent('c')],
        batch: false,
      })
      expect([statuses(first), statuses(last)]).toEqual([['created'], ['created']])
      expect(strange).toMatchObject({ ok: false, code: 'malformed_request', index, field })
    })
  })

  describe('of an unknown metric code', () => {
    it('refuses the whole request, naming the first', async () => {
      const [answer] = await world.ingest([ingestEvent('a'), ingestEvent('b', { code: 'unheard' })])
      expect(answer).toMatchObject({ ok: false, code: 'unknown_metric_code', index: 1, field: 'code' })
      expect(await world.log.hasEvents(organizationId, 'tokens')).toBe(false)
    })
    it('looks again: the metric may have been made since', async () => {
      const late = [ingestEvent('a', { code: 'late' })]
      expect(statuses((await world.ingest(late))[0])).toBe('unknown_metric_code')
      await world.metric('late')
      expect(statuses((await world.ingest(late))[0])).toEqual(['created'])
    })
    it('refuses the code of a removed metric', async () => {
      await world.ingest([ingestEvent('a')])
      await world.metric('tokens', { status: 'removed' })
      expect(statuses((await world.ingest([ingestEvent('b')]))[0])).toBe('unknown_metric_code')
    })
  })

  it('reads the field that the metric names now', async () => {
    await world.ingest([ingestEvent('a')])
    await world.metric('tokens', { field_name: 'words' })
    expect(statuses((await world.ingest([ingestEvent('b')]))[0])).toEqual(['field_missing'])
  })

  it('looks a known metric up once while the view stands still', async () => {
    const find = jest.spyOn(world.views, 'find')
    for (const id of ['a', 'b', 'c']) await world.ingest([ingestEvent(id)])
    expect(find.mock.calls.filter(([view]) => view === billableMetricView)).toHaveLength(1)
  })

  describe('of an event ahead of real time', () => {
    const ahead = (over: Partial<IngestEvent> = {}) =>
      ingestEvent('a', { timestamp: '2026-08-01T00:05:00.000Z', ...over })

    it('refuses it', async () => expect(statuses((await world.ingest([ahead()]))[0])).toEqual(['timestamp_in_future']))
    it('takes it within the time of the customer’s clock', async () => {
      await world.customerOnClock('acme', '2026-08-01T00:00:00.000Z')
      const [answer] = await world.ingest([
        ahead(),
        ahead({ transactionId: 'b', timestamp: '2026-08-01T00:05:00.000001Z' }),
        ahead({ transactionId: 'c', externalCustomerId: 'globex' }),
        ahead({ transactionId: 'd', properties: '{}' }),
      ])
      expect(statuses(answer)).toEqual(['created', 'timestamp_in_future', 'timestamp_in_future', 'field_missing'])
    })
    it('takes what is before real time whatever the clock', async () => {
      await world.customerOnClock('acme', '2020-01-01T00:00:00.000Z')
      const timestamp = '2026-07-01T00:05:00.000Z'
      expect(statuses((await world.ingest([ingestEvent('a', { timestamp })]))[0])).toEqual(['created'])
    })
  })

  it('lists, counts and shows volumes of what came', async () => {
    await world.ingest([ingestEvent('a'), ingestEvent('b', { timestamp: '2026-06-15T13:00:00.000Z' })])
    const page = { skip: 0, limit: 10 }
    const byTime = { ...page, orderBy: { column: 'timestamp', direction: 'asc' } }
    const listed = { events: [{ transactionId: 'a' }, { transactionId: 'b' }], total: 2 }
    expect(await world.ask('ListUsageEvents', byTime)).toMatchObject(listed)
    const unknown = { ...page, orderBy: { column: 'nothing', direction: 'asc' } }
    expect(await world.ask('ListUsageEvents', unknown)).toMatchObject({ total: 2 })
    const hour = '2026-06-15T12:00:00.000Z'
    expect(await world.ask('UsageVolume', { fromHour: hour, toHour: hour })).toEqual({ hours: [{ hour, count: 1 }] })
    expect(await world.ask('GetUsageEvent', { id: uuid('nothing') })).toEqual({ event: null })
  })
})
