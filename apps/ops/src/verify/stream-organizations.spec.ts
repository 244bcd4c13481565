import { ClaimHeld } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { opsInMemory, organizationId } from '../../test/ops-in-memory'
import type { CheckResult } from './check'

const other = derivedId('organizations', 'other')
const fact = { type: 'Happened', data: {} }
const claim = ClaimHeld({
  ...{ kind: 'slug', ownerStream: 'organization-1', commandId: derivedId('organizations', 'command') },
  at: '2026-06-01T00:00:00.000Z',
})

async function verified(ops: ReturnType<typeof opsInMemory>) {
  const checks = await ops.json<CheckResult[]>('verify')
  return checks.find(({ check }) => check.includes('of the organization of its stream'))
}

describe('a stream', () => {
  it('is of one organization', async () => {
    const ops = opsInMemory()
    for (const whose of [organizationId, other]) {
      for (let event = 0; event < 2; event += 1) {
        await ops.record([fact], { stream: `x-${whose}`, organizationId: whose })
      }
    }
    expect(await verified(ops)).toMatchObject({ checked: 4, differing: 0 })
  })

  it('with an event of another organization is named', async () => {
    const ops = opsInMemory()
    await ops.record([fact], { stream: 'x-1' })
    await ops.record([fact], { stream: 'x-1', organizationId: other })
    expect(await verified(ops)).toMatchObject({
      ...{ checked: 2, differing: 1 },
      differences: [{ of: 'position 2, Happened of x-1', expected: organizationId, found: other }],
    })
    expect((await ops.run('verify')).code).toBe(1)
  })

  it('of a claim may be held by one organization after the other', async () => {
    const ops = opsInMemory()
    await ops.record([claim], { stream: 'claim-slug-1' })
    await ops.record([claim], { stream: 'claim-slug-1', organizationId: other })
    expect(await verified(ops)).toMatchObject({ checked: 0, differing: 0 })
  })
})
