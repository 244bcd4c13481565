import type { DroppedCommand, OutboxRow, RefusedCommand } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { opsInMemory, organizationId } from '../../test/ops-in-memory'

const [draft, follow] = ['draft-invoice-when-period-measured', 'follow-payment-of-invoice']

function row(name: string, process: string): OutboxRow {
  const id = derivedId('command', name)
  const ids = { commandId: id, organizationId, correlationId: id, causationId: derivedId('event', name) }
  const actor = { type: 'process', id: process } as const
  return {
    ...{ id, process, target: `invoice-${name}`, context: 'invoicing', type: 'DraftInvoice', data: { name } },
    ...{ metadata: { ...ids, actor, now: '2026-07-01T00:00:00.000Z' }, refusals: {}, tries: 0 },
  }
}

describe('commands that were refused', () => {
  const [a, b, c] = [row('a', draft), row('b', draft), row('c', follow)]

  async function given() {
    const ops = opsInMemory()
    const { processes } = ops.ports
    const all = [a, b, c]
    for (const each of all) {
      const { process } = each
      await processes.commit({ process, owner: 'invoicing', inbox: [], states: [], commands: [each] })
    }
    const outcome = { code: 'never_heard_of', message: 'No.', at: '2026-07-01T00:00:01.000Z' }
    await processes.settle(all.map((each) => ({ kind: 'alarm', row: { ...each, tries: 3 }, ...outcome }) as const))
    const wanted = async () => (await processes.pending('invoicing', 10, ops.clock.now())).map(({ data }) => data)
    const refused = async () => (await ops.json<RefusedCommand[]>('processes', 'refused')).map((each) => each.row.id)
    return { ops, wanted, refused }
  }

  it('are listed with the id by which they are retried or dropped', async () => {
    const { ops, refused } = await given()
    expect(await refused()).toEqual([c.id, b.id, a.id])
    expect((await ops.run('processes', 'refused')).out).toContain(a.id)
  })

  it('are sent again when they are named', async () => {
    const { ops, wanted, refused } = await given()
    expect(await ops.json('processes', 'retry', a.id)).toEqual({ retried: 1 })
    expect(await wanted()).toEqual([{ name: 'a' }])
    expect(await refused()).toEqual([c.id, b.id])
  })

  it('are sent again all at once, or all of one process', async () => {
    const { ops, wanted, refused } = await given()
    expect(await ops.json('processes', 'retry', '--all', '--process', draft)).toEqual({ retried: 2 })
    expect(await wanted()).toEqual([{ name: 'a' }, { name: 'b' }])
    expect((await ops.run('processes', 'retry', '--all')).out).toMatch(/^1 command is sent again/)
    expect(await ops.json('processes', 'retry', '--all')).toEqual({ retried: 0 })
    expect(await refused()).toEqual([])
  })

  it('are dropped with a reason, which is kept', async () => {
    const { ops, refused } = await given()
    expect(await ops.json('processes', 'drop', a.id, c.id, '--reason', 'settled by hand')).toEqual({ dropped: 2 })
    expect(await refused()).toEqual([b.id])
    expect(await ops.json<DroppedCommand[]>('processes', 'refused', '--dropped')).toMatchObject([
      { row: { id: c.id }, drop: { by: 'ann', reason: 'settled by hand' } },
      { row: { id: a.id } },
    ])
    const again = await ops.run('processes', 'drop', a.id, '--reason', 'once more')
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('dropped before')])
  })

  it.each([
    ['an unknown command beside a known one', ['retry', a.id, derivedId('unknown')], 1, 'COMMANDS'],
    ['no command', ['retry'], 2, 'COMMANDS'],
    ['commands and all of them', ['retry', a.id, '--all'], 2, 'COMMANDS'],
    ['a process without --all', ['retry', a.id, '--process', draft], 2, '--process'],
    ['an unknown process', ['retry', '--all', '--process', 'nope'], 2, '--process: there is no process nope'],
    ['an unknown command to drop', ['drop', derivedId('unknown'), '--reason', 'x'], 1, 'COMMANDS'],
    ['an empty reason', ['drop', a.id, '--reason', ' '], 2, '--reason'],
    ['no reason', ['drop', a.id], 2, '--reason'],
  ])('stay as they are with %s', async (_, argv, code, named) => {
    const { ops, wanted, refused } = await given()
    const ran = await ops.run('processes', ...argv)
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(named)])
    expect([await wanted(), await refused()]).toEqual([[], [c.id, b.id, a.id]])
  })
})
