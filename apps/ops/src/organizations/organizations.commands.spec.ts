import { OrganizationCreated } from '@billstream/accounts-contracts'
import { whileAccountsRuns } from '../../test/accounts-service'
import { opsInMemory, organizationId } from '../../test/ops-in-memory'

const settings = {
  ...{ name: 'Acme', timezone: 'UTC', defaultCurrency: 'USD', hmacKeySecretId: 'secret' },
  ...{ logoUrl: null, portalAccentColor: null, portalWelcomeMessage: null },
}

/** An organization that is open, in a platform whose services do not run. */
async function organization() {
  const ops = opsInMemory()
  const fact = OrganizationCreated({ organizationId, slug: 'acme', test: true, ...settings })
  await ops.record([fact], { stream: `organization-${organizationId}` })
  await ops.project()
  const halt = (reason: string, ...more: string[]) =>
    ops.run('organizations', 'halt', organizationId, '--reason', reason, ...more)
  const resume = (...more: string[]) => ops.run('organizations', 'resume', organizationId, ...more)
  const wanted = () => ops.ports.processes.pending('accounts', 10, ops.clock.now())
  return { ops, halt, resume, wanted }
}

describe('billing of an organization', () => {
  it('is halted and resumed once, and who asks again hears that it is so', async () => {
    const { ops, halt, resume } = await organization()
    const ran = await whileAccountsRuns(ops, async () => [
      await halt('a wrong price', '--json'),
      await halt('a wrong price'),
      await halt('another reason'),
      await resume(),
      await resume('--json'),
    ])
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
    expect(JSON.parse(ran[0]?.out ?? '')).toMatchObject({ billing: 'halted', reason: 'a wrong price', changed: true })
    for (const { out } of ran.slice(1, 3)) expect(out).toMatch(/halted already, since .* by ann: a wrong price/)
    expect(JSON.parse(ran[4]?.out ?? '')).toMatchObject({ billing: 'running', changed: false })
    const types = []
    for await (const { type } of ops.ports.eventStore.read(`organization-${organizationId}`)) types.push(type)
    expect(types.slice(1)).toEqual(['OrganizationBillingHalted', 'OrganizationBillingResumed'])
  })

  it('leaves nothing behind that alarms when a wish is refused', async () => {
    const { ops, resume } = await organization()
    await whileAccountsRuns(ops, () => resume())
    expect(await ops.json('processes', 'refused')).toEqual([])
    expect(await ops.json('processes', 'list')).toEqual([])
  })

  it('is not halted without a reason', async () => {
    const { halt, wanted } = await organization()
    const { code, err } = await halt(' ')
    expect([code, err]).toEqual([2, expect.stringContaining('--reason')])
    expect(await wanted()).toEqual([])
  })
})

describe('a command that nobody is there to take', () => {
  it('is kept once for the next start, and says so each time', async () => {
    const { ops, halt, wanted } = await organization()
    const [first, again] = [await halt('a wrong price'), await halt('a wrong price')]
    expect([first.code, again.code, first.out, again.out]).toEqual([3, 3, '', ''])
    expect(first.err).toContain('is given and waits')
    expect(again.err).toContain('was given by ann at 2026-07-01T00:00:00.000Z and waits')
    expect(await wanted()).toHaveLength(1)
    expect((await whileAccountsRuns(ops, () => halt('a wrong price'))).code).toBe(0)
    expect(await wanted()).toEqual([])
  })

  it('is another one when the reason is another', async () => {
    const { halt, wanted } = await organization()
    await halt('a wrong price')
    await halt('a wrong customer')
    expect(await wanted()).toHaveLength(2)
  })

  it('can be wished again when it has been carried out', async () => {
    const { ops, halt, resume } = await organization()
    const ran = await whileAccountsRuns(ops, async () => [await halt('x'), await resume(), await halt('x')])
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(await ops.ports.billingHalts.all()).toMatchObject([{ organizationId }])
  })
})
