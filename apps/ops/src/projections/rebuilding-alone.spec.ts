import { opsInMemory } from '../../test/ops-in-memory'

const VIEWS = ['accounts.customer', 'usage.billable_metric']

/** Somebody rebuilds the second of the views, until `end`. */
async function rebuiltElsewhere() {
  const ops = opsInMemory()
  await ops.record([{ type: 'Unknown', data: {} }], { stream: 'unknown-1' })
  await ops.project()
  let end = (): void => undefined
  let held: Promise<void> | undefined
  await new Promise<void>((begun) => {
    held = ops.ports.leases.hold('rebuild:usage.billable_metric', new AbortController().signal, () => {
      begun()
      return new Promise((resolve) => (end = resolve))
    })
  })
  return { ops, end: () => (end(), held) }
}

describe('a rebuild of a view that somebody else rebuilds', () => {
  it('ends with a message, and shows what became of the views before it', async () => {
    const { ops, end } = await rebuiltElsewhere()
    for (const more of [[], ['--verify']]) {
      const { code, out, err } = await ops.run('projections', 'rebuild', ...VIEWS, ...more)
      expect([code, out]).toEqual([1, expect.stringContaining('accounts.customer')])
      expect(err).toMatch(/^usage.billable_metric is being rebuilt by somebody else.*\n$/)
    }
    await end()
  })

  it('shows machines the same', async () => {
    const { ops, end } = await rebuiltElsewhere()
    const { code, out, err } = await ops.run('projections', 'rebuild', ...VIEWS, '--json')
    expect([code, JSON.parse(out)]).toMatchObject([1, [{ projection: 'accounts.customer', switched: true }]])
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'refused' } })
    await end()
  })

  it('is made once that has ended', async () => {
    const { ops, end } = await rebuiltElsewhere()
    await end()
    expect((await ops.run('projections', 'rebuild', ...VIEWS)).code).toBe(0)
    expect(await ops.ports.leases.isHeld('rebuild:usage.billable_metric')).toBe(false)
  })
})

describe('two rebuilds of a view that begin at the same moment', () => {
  it('are made one after the other, or the later one ends with the message', async () => {
    const { ops, end } = await rebuiltElsewhere()
    await end()
    const compare = () => ops.run('projections', 'rebuild', ...VIEWS, '--verify')
    const both = await Promise.all([compare(), compare()])
    expect(both.map(({ code }) => code)).toContain(0)
    for (const { code, err } of both) {
      expect(err).toMatch(code === 0 ? /^$/ : /^\S+ is being rebuilt by somebody else.*\n$/)
    }
  })
})
