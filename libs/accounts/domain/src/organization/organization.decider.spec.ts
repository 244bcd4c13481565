import {
  ApiKeyCreated,
  ApiKeyRevoked,
  ChangeOrganization,
  CloseOrganization,
  CreateApiKey,
  CreateOrganization,
  HaltBilling,
  OrganizationBillingHalted,
  OrganizationBillingResumed,
  OrganizationChanged,
  OrganizationClosed,
  OrganizationCreated,
  ResumeBilling,
  RevokeApiKey,
  RotateApiKey,
} from '@billstream/accounts-contracts'
import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { organizationDecider } from './organization.decider'

const { given } = specificationOf(organizationDecider)
const organizationId = '00000000-0000-5000-8000-000000000001'
const settings = {
  name: 'Acme',
  defaultCurrency: 'USD',
  timezone: 'UTC',
  logoUrl: null,
  portalAccentColor: null,
  portalWelcomeMessage: null,
  hmacKeySecretId: 'secret-1',
}
const firstKey = { keyId: 'key-1', name: 'first', prefix: 'bxb_live_012', hash: 'a'.repeat(64), expiresAt: null }
const secondKey = { ...firstKey, keyId: 'key-2', hash: 'b'.repeat(64) }

const created = OrganizationCreated({ organizationId, slug: 'acme', test: true, ...settings })
const withKey = ApiKeyCreated({ organizationId, key: firstKey })
const create = CreateOrganization(
  { organizationId, slug: 'acme', test: true, ...settings, hmacKey: 'never in an event', firstKey },
  testMetadata(),
)

describe('an organization', () => {
  describe('that does not exist', () => {
    it('is created with its first key and without the webhook key itself', () =>
      given().when(create).then(created, withKey))

    it('is refused in a timezone that there is not', () =>
      given()
        .when({ ...create, data: { ...create.data, timezone: 'Mars/Base' } })
        .refuses('invalid_timezone', 'timezone'))

    it('refuses everything else', () =>
      given().when(CloseOrganization({ organizationId }, testMetadata())).refuses('organization_not_found'))
  })

  describe('that is open', () => {
    const { state, when } = given(created, withKey)

    it('holds its slug against every other organization', () =>
      expect(organizationDecider.claims?.(state)).toEqual([
        { kind: 'organization-slug', key: 'acme', scope: 'global' },
      ]))

    it('is not created again', () => when(create).refuses('organization_exists'))

    it('records only what changes', () =>
      when(
        ChangeOrganization({ organizationId, changes: { name: 'Acme', timezone: 'Europe/Berlin' } }, testMetadata()),
      ).then(OrganizationChanged({ organizationId, changes: { timezone: 'Europe/Berlin' } })))

    it('records nothing when nothing changes', () =>
      when(ChangeOrganization({ organizationId, changes: { name: 'Acme' } }, testMetadata())).nothing())

    it('refuses a currency that there is not', () =>
      when(ChangeOrganization({ organizationId, changes: { defaultCurrency: 'QQQ' } }, testMetadata())).refuses(
        'unknown_currency',
        'default_currency',
      ))

    it('points to the row of a changed webhook key', () =>
      when({
        ...ChangeOrganization({ organizationId, changes: {}, hmacKey: 'new' }, testMetadata()),
        facts: { hmacKeySecretId: 'secret-2' },
      }).then(OrganizationChanged({ organizationId, changes: { hmacKeySecretId: 'secret-2' } })))

    it('gets another key', () =>
      when(CreateApiKey({ organizationId, key: secondKey }, testMetadata())).then(
        ApiKeyCreated({ organizationId, key: secondKey }),
      ))

    describe('asked on 1 June for a key that expires', () => {
      const key = (expiresAt: string) => ({ ...secondKey, expiresAt })
      const createKey = (expiresAt: string) =>
        when(CreateApiKey({ organizationId, key: key(expiresAt) }, testMetadata({ now: '2026-06-01T00:00:00.000Z' })))

      it.each(['2026-05-31T23:59:59.999Z', '2026-06-01T00:00:00.000Z'])('at %s, refuses', (expiresAt) =>
        createKey(expiresAt).refuses('expiry_passed', 'expiresAt'),
      )

      it('later, makes it', () => {
        const later = '2026-06-01T00:00:00.001Z'
        createKey(later).then(ApiKeyCreated({ organizationId, key: key(later) }))
      })
    })

    it('replaces a key by one of the same name and expiry', () =>
      when(
        RotateApiKey(
          { organizationId, keyId: 'key-1', successor: { keyId: 'key-2', prefix: 'p', hash: 'h' } },
          testMetadata(),
        ),
      ).then(
        ApiKeyRevoked({ organizationId, keyId: 'key-1', hash: firstKey.hash }),
        ApiKeyCreated({
          organizationId,
          key: { keyId: 'key-2', prefix: 'p', hash: 'h', name: 'first', expiresAt: null },
        }),
      ))

    it('refuses a key that it has already', () =>
      when(CreateApiKey({ organizationId, key: firstKey }, testMetadata())).refuses('api_key_exists'))

    it('halts its billing, with the reason', () =>
      when(HaltBilling({ organizationId, reason: 'a wrong price' }, testMetadata())).then(
        OrganizationBillingHalted({ organizationId, reason: 'a wrong price' }),
      ))

    it('has no halted billing to resume', () =>
      when(ResumeBilling({ organizationId }, testMetadata())).refuses('billing_not_halted'))

    it('revokes every key when it closes', () =>
      when(CloseOrganization({ organizationId }, testMetadata())).then(
        ApiKeyRevoked({ organizationId, keyId: 'key-1', hash: firstKey.hash }),
        OrganizationClosed({ organizationId }),
      ))
  })

  describe('whose billing is halted', () => {
    const halted = OrganizationBillingHalted({ organizationId, reason: 'a wrong price' })

    it('is not halted again', () =>
      given(created, halted)
        .when(HaltBilling({ organizationId, reason: 'again' }, testMetadata()))
        .refuses('billing_already_halted'))
    it('resumes', () =>
      given(created, halted)
        .when(ResumeBilling({ organizationId }, testMetadata()))
        .then(OrganizationBillingResumed({ organizationId })))
    it('can be halted again once it has resumed', () =>
      given(created, halted, OrganizationBillingResumed({ organizationId }))
        .when(HaltBilling({ organizationId, reason: 'again' }, testMetadata()))
        .then(OrganizationBillingHalted({ organizationId, reason: 'again' })))
  })

  describe('with a revoked key', () => {
    const { when } = given(created, withKey, ApiKeyRevoked({ organizationId, keyId: 'key-1', hash: firstKey.hash }))

    it.each([
      RevokeApiKey({ organizationId, keyId: 'key-1' }, testMetadata()),
      RotateApiKey(
        { organizationId, keyId: 'key-1', successor: { keyId: 'k', prefix: 'p', hash: 'h' } },
        testMetadata(),
      ),
    ])('does not find it: $type', (command) => when(command).refuses('api_key_not_found'))
  })

  describe('that is closed', () => {
    const { state, when } = given(created, OrganizationClosed({ organizationId }))

    it('is not found', () =>
      when(CreateApiKey({ organizationId, key: secondKey }, testMetadata())).refuses('organization_not_found'))
    it('is not created again', () => when(create).refuses('organization_exists'))
    it('gives its slug back', () => expect(organizationDecider.claims?.(state)).toEqual([]))
  })
})
