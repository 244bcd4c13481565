import { createMemoryPorts } from '@billstream/event-sourcing-runtime'
import { signingKeysOf } from './signing-keys'

const now = '2026-06-11T10:00:00.000Z'
const of = { organizationId: 'o1', secretId: 's1' }

async function keys(stored: object) {
  const { secrets } = createMemoryPorts()
  await secrets.put('o1', 's1', JSON.stringify(stored))
  return signingKeysOf(secrets, of, now)
}

describe('the keys that sign', () => {
  it('are the present one', async () =>
    expect(await keys({ current: 'new', previous: null })).toEqual({ current: 'new', all: ['new'] }))

  it.each([
    ['2026-06-11T10:00:00.001Z', ['new', 'old']],
    ['2026-06-11T10:00:00.000Z', ['new']],
    ['2026-06-10T10:00:00.000Z', ['new']],
  ])('and the one before until %s: %j', async (until, all) =>
    expect(await keys({ current: 'new', previous: { key: 'old', until } })).toEqual({ current: 'new', all }),
  )

  it('must be there', async () => {
    const { secrets } = createMemoryPorts()
    await expect(signingKeysOf(secrets, of, now)).rejects.toThrow(/no webhook key/)
  })
})
