import type { Timer } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { opsInMemory, organizationId } from '../test/ops-in-memory'

const at = (day: number) => `2026-06-0${day}T00:00:00.000Z`

function timer(name: string, due: string, clockId: string | null = null): Timer {
  return {
    ...{
      id: derivedId('timer', name),
      owner: 'subscriptions',
      rule: 'period-close',
      aggregateId: name,
      organizationId,
    },
    ...{ clockId, due, rank: 20, tieBreak: name, causationId: derivedId('event', name) },
    command: { context: 'subscriptions', type: 'ClosePeriod', data: { name }, target: `subscription-${name}` },
  }
}

describe('timers that are due', () => {
  const given = async (...timers: Timer[]) => {
    const ops = opsInMemory()
    const writes = timers.map((each) => ({ kind: 'set', timer: each }) as const)
    await ops.ports.timers.commit('spec', { from: 0n, to: 1n }, writes)
    const wanted = async () =>
      (await ops.ports.processes.pending('subscriptions', 10, ops.clock.now())).map(({ data }) => data)
    return { ops, wanted }
  }

  it('give their commands to the service, once', async () => {
    const { ops, wanted } = await given(
      timer('a', at(2)),
      timer('b', at(1)),
      timer('later', '2026-08-01T00:00:00.000Z'),
    )
    expect(await ops.json('timers', 'run-due')).toEqual({ given: 2 })
    expect(await ops.json('timers', 'run-due')).toEqual({ given: 0 })
    expect(await wanted()).toEqual([{ name: 'b' }, { name: 'a' }])
    const [row] = await ops.ports.processes.pending('subscriptions', 1, ops.clock.now())
    expect(row?.metadata).toMatchObject({
      ...{ commandId: derivedId('timer-command', timer('b', at(1)).id), due: at(1) },
      actor: { type: 'timer', id: 'period-close' },
    })
  })

  it('of a test clock are left to its advance', async () => {
    const { ops, wanted } = await given(timer('a', at(1), derivedId('clock')))
    expect(await ops.json('timers', 'run-due')).toEqual({ given: 0 })
    expect(await wanted()).toEqual([])
  })

  it('are listed by owner and time', async () => {
    const { ops } = await given(timer('a', at(2)), timer('b', at(1)))
    const list = async (...argv: string[]) =>
      (await ops.json<Timer[]>('timers', 'list', ...argv)).map(({ aggregateId }) => aggregateId)
    expect(await list()).toEqual(['b', 'a'])
    expect(await list('--until', '2026-06-01')).toEqual(['b'])
    expect(await list('--owner', 'invoicing')).toEqual([])
  })
})

describe('dead letters', () => {
  const given = async () => {
    const ops = opsInMemory()
    const customerId = derivedId('customer')
    const [created] = await ops.record([{ type: 'CustomerCreated', data: { customerId, personal: { name: 'Ann' } } }], {
      stream: `customer-${customerId}`,
    })
    if (!created) throw new Error('Nothing was recorded.')
    const letter = (id: string, tries: number) => ({
      id,
      consumer: 'c',
      key: created.stream,
      event: { id: created.id, type: created.type, stream: created.stream, revision: 0, position: '1' },
      error: 'No.',
      tries,
      at: at(1),
    })
    await ops.ports.deadLetters.add(letter('first', 5))
    await ops.ports.deadLetters.add(letter('second', 0))
    return ops
  }

  it('are shown in order, with error and tries, and nothing personal', async () => {
    const ops = await given()
    expect(await ops.json('dlq', 'list')).toMatchObject([
      { id: 'first', tries: 5, waits: false, error: 'No.' },
      { id: 'second', tries: 0, waits: true },
    ])
    expect((await ops.run('dlq', 'show', 'first')).out).not.toContain('Ann')
    expect((await ops.run('dlq', 'show', 'first', '--personal')).out).toContain('Ann')
    expect((await ops.run('dlq', 'list', '--json')).out).not.toContain('Ann')
  })

  it('are shown with their reference where the store has lost the event', async () => {
    const ops = await given()
    const event = { id: 'lost', type: 'InvoicePaid', stream: 'invoice-a', revision: 7, position: '9' }
    const about = { consumer: 'c', key: event.stream, error: 'No.', tries: 5, at: at(1) }
    await ops.ports.deadLetters.add({ id: 'third', event, ...about })
    expect(await ops.json('dlq', 'show', 'third')).toMatchObject({ id: 'third', event })
  })

  it('get another turn', async () => {
    const ops = await given()
    expect(await ops.json('dlq', 'retry', '--all')).toEqual({ retried: 1 })
    expect((await ops.ports.deadLetters.takeable(['c'], 10)).map(({ id }) => id)).toEqual(['first'])
  })

  it('get another turn by consumer, where there is one of that name', async () => {
    const ops = await given()
    const nope = await ops.run('dlq', 'retry', '--all', '--consumer', 'nope')
    expect([nope.code, nope.out, nope.err]).toEqual([
      2,
      '',
      expect.stringMatching(/^--consumer: .*nope.*letters of: c\./),
    ])
    expect(await ops.json('dlq', 'list')).toMatchObject([{ id: 'first', waits: false }, { id: 'second' }])
    await ops.run('dlq', 'drop', 'first', 'second', '--reason', 'torn')
    expect(await ops.json('dlq', 'retry', '--all', '--consumer', 'c')).toEqual({ retried: 0 })
  })

  it('need not be there: a consumer that has none is no mistake', async () => {
    const ops = await given()
    const { code, out } = await ops.run('dlq', 'retry', '--all', '--consumer', 'queue-webhook-deliveries')
    expect([code, out]).toEqual([0, 'There is nothing to retry of queue-webhook-deliveries.\n'])
    expect(await ops.json('dlq', 'list')).toMatchObject([{ id: 'first', waits: false }, { id: 'second' }])
  })

  it('are counted in words', async () => {
    const ops = await given()
    expect((await ops.run('dlq', 'retry', 'first')).out).toMatch(/^1 letter is tried again/)
    expect((await ops.run('dlq', 'drop', 'first', 'second', '--reason', 'torn')).out).toMatch(/^2 letters are given up/)
    expect((await ops.run('dlq', 'retry', 'a', 'b')).err).toMatch(/a and b are not there/)
  })

  it('are left alone when one that is named is not there', async () => {
    const ops = await given()
    for (const argv of [
      ['dlq', 'retry', 'first', 'nonsense'],
      ['dlq', 'drop', 'first', 'nonsense', '--reason', 'x'],
    ]) {
      const { code, out, err } = await ops.run(...argv)
      expect([code, out, err]).toEqual([1, '', expect.stringContaining('nonsense is not there')])
    }
    expect(await ops.json('dlq', 'list')).toMatchObject([{ id: 'first', waits: false }, { id: 'second' }])
  })

  it('that have left are listed by consumer, and nothing personal', async () => {
    const ops = await given()
    await ops.run('dlq', 'drop', 'first', '--reason', 'it is torn')
    const left = await ops.run('dlq', 'list', '--ended', '--json')
    expect(left.out).toContain('it is torn')
    expect(left.out).not.toContain('Ann')
    expect(await ops.json('dlq', 'list', '--ended', '--consumer', 'c')).toHaveLength(1)
    expect(await ops.json('dlq', 'list', '--ended', '--consumer', 'other')).toEqual([])
  })

  it('are given up with a reason, by name, and kept', async () => {
    const ops = await given()
    expect((await ops.run('dlq', 'drop', 'first', '--reason', ' ')).code).toBe(2)
    expect((await ops.run('dlq', 'drop', 'first', '--reason', 'it is torn')).code).toBe(0)
    expect(await ops.json('dlq', 'list', '--ended')).toMatchObject([
      { id: 'first', end: { outcome: 'dropped', by: 'ann', reason: 'it is torn' } },
    ])
    expect((await ops.ports.deadLetters.takeable(['c'], 10)).map(({ id }) => id)).toEqual(['second'])
  })
})

const delivery = (id: string, day: number, status: 'failed' | 'succeeded') => ({
  ...{ id, organizationId, endpointId: 'e', eventId: id, format: 'boxbilling', webhookType: 'invoice.paid' },
  correlationId: id,
  ...{ objectType: 'invoice', objectId: 'i', body: '{}', status, retries: 9, attempts: 10, nextAttemptAt: null },
  ...{ lastAttemptAt: null, httpStatus: 500, response: null, createdAt: at(day), updatedAt: at(day) },
})

describe('deliveries about a person', () => {
  it('are listed without what was sent and answered, unless it is asked for', async () => {
    const ops = opsInMemory()
    const sent = { body: '{"name":"Ann"}', response: 'hello Ann' }
    await ops.ports.deliveries.add([
      { ...delivery('a', 1, 'failed'), ...sent },
      { ...delivery('b', 2, 'failed'), body: sent.body },
    ])
    expect(await ops.json('deliveries', 'list')).toMatchObject([
      { id: 'a', body: '[personal]', response: '[personal]' },
      { id: 'b', body: '[personal]', response: null },
    ])
    expect(await ops.json('deliveries', 'list', '--personal')).toMatchObject([sent, { body: sent.body }])
  })
})

describe('deliveries that were given up', () => {
  it('are due again when they were made in the range, and no others', async () => {
    const ops = opsInMemory()
    await ops.ports.deliveries.add([
      ...[delivery('before', 1, 'failed'), delivery('a', 2, 'failed'), delivery('arrived', 2, 'succeeded')],
      ...[delivery('b', 3, 'failed'), delivery('after', 4, 'failed')],
    ])
    expect(await ops.json('deliveries', 'retry', '--from', '2026-06-02', '--to', '2026-06-04')).toEqual({ retried: 2 })
    const pending = await ops.json<{ id: string }[]>('deliveries', 'list', '--status', 'pending')
    expect(pending.map(({ id }) => id)).toEqual(['a', 'b'])
  })
})
