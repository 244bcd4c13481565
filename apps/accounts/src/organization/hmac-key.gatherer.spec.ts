import { ChangeOrganization, CreateOrganization, readHmacKey, writeHmacKey } from '@billstream/accounts-contracts'
import { type OrganizationRow } from '@billstream/accounts-read-model'
import type { Command } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemorySecrets, type FactReader } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { keepHmacKey } from './hmac-key.gatherer'

const organizationId = testMetadata().organizationId
const firstRow = 'secret-1'
const settings = {
  name: 'Acme',
  defaultCurrency: 'USD',
  timezone: 'UTC',
  logoUrl: null,
  portalAccentColor: null,
  portalWelcomeMessage: null,
  hmacKeySecretId: firstRow,
}
const firstKey = { keyId: 'key-1', name: null, prefix: 'bxb_live_012', hash: 'h', expiresAt: null }
const create = (hmacKey: string | null) =>
  CreateOrganization({ organizationId, slug: 'acme', test: false, ...settings, hmacKey, firstKey }, testMetadata())
const change = (hmacKey?: string | null) =>
  ChangeOrganization({ organizationId, changes: {}, ...(hmacKey !== undefined && { hmacKey }) }, testMetadata())
const secondRow = derivedId('hmac-key', testMetadata().commandId)

function given() {
  const secrets = new MemorySecrets()
  const gatherers = keepHmacKey({ secrets, clock: fixedClock('2026-06-01T00:00:00.000Z') })
  const row = { id: organizationId, hmac_key_secret_id: firstRow } as OrganizationRow
  const facts = { get: () => Promise.resolve(row), find: () => Promise.resolve([row]) } as unknown as FactReader
  return {
    when: (command: Command) => gatherers[command.type]?.(command, facts),
    kept: async (id: string) => {
      const text = await secrets.get(organizationId, id)
      return text === undefined ? undefined : readHmacKey(text)
    },
    keep: (current: string) => secrets.put(organizationId, firstRow, writeHmacKey({ current, previous: null })),
  }
}

describe('the webhook key of a new organization', () => {
  it('is kept as it was sent', async () => {
    const { when, kept } = given()
    await when(create('sent'))
    expect(await kept(firstRow)).toEqual({ current: 'sent', previous: null })
  })

  it('is made when none was sent, and a repeat keeps it', async () => {
    const { when, kept } = given()
    await when(create(null))
    const made = await kept(firstRow)
    await when(create(null))
    expect(made?.current).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(await kept(firstRow)).toEqual(made)
  })
})

describe('a changed webhook key', () => {
  it('stands in a row of its own, with the replaced one for 24 hours', async () => {
    const { when, kept, keep } = given()
    await keep('old')
    expect(await when(change('new'))).toEqual({ ok: true, value: { hmacKeySecretId: secondRow } })
    expect(await kept(secondRow)).toEqual({
      current: 'new',
      previous: { key: 'old', until: '2026-06-02T00:00:00.000Z' },
    })
    expect(await kept(firstRow)).toMatchObject({ current: 'old' })
  })

  it.each([
    ['is not sent', change()],
    ['is the present one', change('old')],
  ])('changes nothing when it %s', async (_case, command) => {
    const { when, kept, keep } = given()
    await keep('old')
    expect(await when(command)).toEqual({ ok: true, value: {} })
    expect(await kept(secondRow)).toBeUndefined()
  })
})

describe('a webhook key that proves nothing', () => {
  const UNUSABLE = ['whsec_', 'whsec_!!!', 'whsec_abc', 'whsec_====', 'whsec_YWJj ', 'whsec_YW-_', ' ', '\t\n']

  it.each(UNUSABLE)('is refused for a new organization, and not kept (%j)', async (key) => {
    const { when, kept } = given()
    expect(await when(create(key))).toMatchObject({ ok: false, error: { code: 'invalid_hmac_key', field: 'hmacKey' } })
    expect(await kept(firstRow)).toBeUndefined()
  })

  it.each(UNUSABLE)('is refused as a change, and not kept (%j)', async (key) => {
    const { when, kept, keep } = given()
    await keep('old')
    expect(await when(change(key))).toMatchObject({ ok: false, error: { code: 'invalid_hmac_key', field: 'hmacKey' } })
    expect(await kept(secondRow)).toBeUndefined()
  })
})

describe('a webhook key of any form that signs', () => {
  it.each([
    'whsec_YQ==',
    'whsec_YWI=',
    'whsec_YWJj',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'a',
    'plain kéy',
    '!!!',
  ])('is kept (%j)', async (key) => {
    const { when, kept } = given()
    expect(await when(create(key))).toMatchObject({ ok: true })
    expect(await kept(firstRow)).toMatchObject({ current: key })
  })
})
