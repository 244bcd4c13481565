import { CustomerChanged, CustomerCreated } from '@billstream/accounts-contracts'
import { customerView } from '@billstream/accounts-read-model'
import { derivedId } from '@billstream/kernel'
import { opsInMemory } from '../../test/ops-in-memory'
import { Output } from '../console/output'
import { SILENT } from '../console/progress'
import { GROUPS } from '../groups'
import { Ops } from '../ops'
import { buildProgram, runProgram } from '../program'
import type { CheckResult } from './check'

const customerId = derivedId('verify', 'customer')
const stream = `customer-${customerId}`
const terms = { currency: null, timezone: null, invoiceGracePeriodDays: null, netPaymentTermDays: null }
const personal = (name: string) => ({ name, email: 'ann@example.com', billingMetadata: {} })
const created = CustomerCreated({
  customerId,
  externalId: 'ann',
  testClockId: null,
  ...terms,
  personal: personal('Ann'),
})
const renamed = CustomerChanged({ customerId, changes: {}, personal: { name: 'Anna' } })
const CHECK = '6. live = rebuilt: accounts.customer'

async function customer() {
  const ops = opsInMemory()
  await ops.record([created], { stream })
  await ops.project()
  const results = () => ops.json<CheckResult[]>('verify')
  const ofCustomers = async () => (await results()).find(({ check }) => check === CHECK)
  return { ops, results, ofCustomers }
}

/** An event has happened that it does not show. */
async function paused() {
  const given = await customer()
  await given.ops.run('projections', 'pause', 'accounts.customer', '--reason', 'a wrong fold')
  await given.ops.record([renamed], { stream })
  await given.ops.project()
  return given
}

/** As no event has made it. */
async function spoil({ ports }: ReturnType<typeof opsInMemory>): Promise<void> {
  const projection = { name: 'accounts.customer', version: 1 }
  const at = (await ports.viewWriter.checkpoint(projection)) ?? 0n
  const [row] = await ports.viewWriter.load(customerView, [customerId])
  if (!row) throw new Error('There is no row.')
  const writes = { view: customerView, upserts: [{ ...row, name: 'Bob', timezone: 'UTC' }], removals: [] }
  await ports.viewWriter.commit(projection, { from: at, to: at }, writes)
}

describe('a view that is paused while events go on', () => {
  it('is compared where it stands, said to be behind, and everything else is checked', async () => {
    const { ops, results, ofCustomers } = await paused()
    expect(await ofCustomers()).toMatchObject({ checked: 1, differing: 0 })
    expect((await ofCustomers())?.note).toMatch(
      /where it stands: at position 1, 1 behind \(paused by ann: a wrong fold\)/,
    )
    expect((await results()).filter(({ note }) => note !== undefined)).toHaveLength(1)
    const { code, out } = await ops.run('verify')
    expect(code).toBe(0)
    for (const text of ['3. one effect per command', 'paused by ann: a wrong fold']) expect(out).toContain(text)
  })

  it('that never ran is named', async () => {
    const ops = opsInMemory()
    await ops.record([created], { stream })
    const { code, out } = await ops.run('verify')
    expect([code, out]).toEqual([0, expect.stringContaining('it has never run')])
  })
})

describe('a row that is not what the events make of it', () => {
  it('is told by the columns that differ, and what is personal stays hidden', async () => {
    const { ops, ofCustomers } = await customer()
    await spoil(ops)
    expect((await ofCustomers())?.differences).toEqual([
      {
        of: `row ${customerId}`,
        expected: { name: '[personal]', timezone: null },
        found: { name: '[personal]', timezone: 'UTC' },
      },
    ])
    const { code, out, err } = await ops.run('verify')
    expect(code).toBe(1)
    expect(out + err).not.toMatch(/Ann|Bob|ann@example/)
    expect((await ops.run('verify', '--personal')).err).toContain('"name":"Bob"')
  })

  it('is told by a comparison with a rebuilt view alike', async () => {
    const { ops } = await customer()
    await spoil(ops)
    const compare = (...more: string[]) => ops.run('projections', 'rebuild', 'accounts.customer', '--verify', ...more)
    const { code, err } = await compare()
    expect([code, err]).toEqual([1, expect.stringContaining('timezone is "UTC", rebuilt null')])
    for (const text of [err, (await compare('--json')).out]) expect(text).not.toMatch(/Ann|Bob|ann@example/)
    expect((await compare('--personal')).err).toContain('name is "Bob", rebuilt "Ann"')
  })
})

describe('a check that is broken off', () => {
  /** At its first look at deliveries, when the events were checked. */
  async function brokenOff(...argv: string[]) {
    const { ops } = await customer()
    const said = { out: '', err: '' }
    const streams = {
      out: { write: (text: string) => (said.out += text) },
      err: { write: (text: string) => (said.err += text) },
    }
    const interrupt = new AbortController()
    const { deliveries } = ops.ports
    const search = deliveries.search.bind(deliveries)
    deliveries.search = (...asked) => {
      interrupt.abort()
      return search(...asked)
    }
    const notUsed = () => Promise.reject(new Error('verify has no use for it'))
    const tool = new Ops({
      ...{ out: new Output(streams), progress: () => SILENT, operator: 'ann', signal: interrupt.signal },
      ...{ connect: () => Promise.resolve(ops.ports), openTopic: notUsed, diagnose: notUsed },
    })
    return { code: await runProgram(buildProgram(tool, GROUPS, streams), tool, ['verify', ...argv]), ...said }
  }

  it('is an error for machines, and no result', async () => {
    const { code, out, err } = await brokenOff('--json')
    expect([code, out]).toEqual([130, ''])
    const message = 'It was broken off: not everything was checked.'
    expect(JSON.parse(err)).toEqual({ error: { code: 'interrupted', message } })
  })

  it('shows people how far it got, and that it was no further', async () => {
    const { code, out, err } = await brokenOff()
    expect([code, out]).toEqual([130, expect.stringContaining('3. one effect per command')])
    expect(out).not.toContain('usage aggregates')
    expect(err).toContain('not everything was checked')
  })
})

describe('a rebuild of a view that is paused', () => {
  it('says that it is paused still, and how far behind', async () => {
    const { ops } = await paused()
    const rebuilt = await ops.run('projections', 'rebuild', 'accounts.customer')
    expect(rebuilt.out).toContain('rebuilt, still paused 1 event behind')
    expect(rebuilt.err).toContain('paused by ann: a wrong fold')
    expect((await ops.run('projections', 'status')).out).toMatch(/accounts\.customer +paused, behind/)
  })
})
