import { CustomerCreated } from '@billstream/accounts-contracts'
import { derivedId } from '@billstream/kernel'
import { opsInMemory } from '../test/ops-in-memory'
import { Output } from './console/output'
import { SILENT } from './console/progress'
import { GROUPS } from './groups'
import { Ops } from './ops'
import { buildProgram, runProgram } from './program'

const customerId = derivedId('customer')

/** A platform with a customer; Ctrl-C comes when the command has opened it. */
async function interrupted() {
  const ops = opsInMemory({ isInterrupted: true })
  const terms = { currency: null, timezone: null, invoiceGracePeriod: null, netPaymentTerm: null }
  const personal = { name: 'Ann', email: 'ann@example.com', billingMetadata: {} }
  const fact = CustomerCreated({ customerId, externalId: 'ann', testClockId: null, ...terms, personal } as never)
  await ops.record([fact], { stream: `customer-${customerId}` })
  await ops.project()
  return ops
}

describe('a command that is broken off', () => {
  const commands = [
    [['verify']],
    [['streams', 'list']],
    [['events', 'show', derivedId('event', 'none')]],
    [['projections', 'status']],
    [['projections', 'rebuild', '--all']],
    [['projections', 'rebuild', 'accounts.customer', '--verify', '--switch']],
    [['invoices', 'rederive', '--all']],
    [['events', 'tail']],
    [['events', 'tail', '--follow']],
    [['customers', 'export', customerId]],
    [['doctor']],
    [['timers', 'run-due']],
    [['timers', 'repair']],
    [['deliveries', 'retry', '--from', '2026-07-01', '--to', '2026-07-02']],
  ]

  it.each(commands)('gives machines one error and no result: %j', async (argv) => {
    const { code, out, err } = await (await interrupted()).run(...argv, '--json')
    expect([code, out]).toEqual([130, ''])
    const { error } = JSON.parse(err) as { error: { code: string; message: string } }
    expect(error).toEqual({ code: 'interrupted', message: expect.stringMatching(/broken off/) as string })
  })

  it.each(commands)('tells people what was done and what not, and shows no half of a result: %j', async (argv) => {
    const { code, out, err } = await (await interrupted()).run(...argv)
    expect([code, out, err]).toEqual([130, '', expect.stringMatching(/^[^\n]*broken off[^\n]*\n$/)])
  })

  it('shows how far it came where that holds, and how it goes on', async () => {
    const { code, out, err } = await (await interrupted()).run('replay', '--from', '0', '--dry-run', '--json')
    expect([code, JSON.parse(out)]).toEqual([130, expect.objectContaining({ events: 0, reached: '0' })])
    expect(err).toContain('--from 0 goes on')
  })
})

describe('a command that is broken off before it begins', () => {
  it('says that nothing was done, and does nothing', async () => {
    const said: string[] = []
    const out = new Output({ out: { write: () => undefined }, err: { write: (text: string) => said.push(text) } })
    const nothing = () => Promise.reject(new Error('Nothing is opened.'))
    const ops = new Ops({
      ...{ out, progress: () => SILENT, signal: AbortSignal.abort(), operator: 'ann' },
      ...{ connect: nothing, openTopic: nothing, diagnose: nothing },
    })
    const streams = { out: { write: () => undefined }, err: { write: () => undefined } }
    expect(await runProgram(buildProgram(ops, GROUPS, streams), ops, ['streams', 'list'])).toBe(130)
    expect(said).toEqual(['It was broken off before it began: nothing was done.\n'])
  })
})

describe('a command that is done when it is interrupted', () => {
  it('says what it has done', async () => {
    const ops = await interrupted()
    const { code, out } = await ops.run('projections', 'pause', 'invoicing.fee', '--reason', 'a look', '--json')
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ projection: 'invoicing.fee' })])
  })
})
