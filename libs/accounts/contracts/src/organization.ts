import { Type } from '@sinclair/typebox'
import { defineCommand, defineEvent, Field, type EventOf, type CommandOf } from '@billstream/event-sourcing-core'

const { id, text, instant, orNull, boolean, currency, timezone } = Field
const target = {
  context: 'accounts',
  category: 'organization',
  aggregateId: (d: { organizationId: string }) => d.organizationId,
} as const

const settings = {
  name: text,
  defaultCurrency: currency,
  timezone,
  logoUrl: orNull(text),
  portalAccentColor: orNull(text),
  portalWelcomeMessage: orNull(text),
  /** Id of the encrypted row that holds the webhook key; events never hold the key itself. */
  hmacKeySecretId: text,
}
const ApiKeyFields = Type.Object({
  keyId: id,
  name: orNull(text),
  /** First 12 characters. */
  prefix: text,
  /** Hex SHA-256 of the whole key. */
  hash: text,
  expiresAt: orNull(instant),
})

/** The webhook key on its way into the encrypted row; null: made by the service. Events carry only the row's id. */
const hmacKey = orNull(text)

/** `hmacKeySecretId` is derived from the command's id. Refusals `organization_exists`, `slug_taken`, `invalid_hmac_key`. */
export const CreateOrganization = defineCommand(
  'CreateOrganization',
  { ...target, creates: true },
  Type.Object({ organizationId: id, slug: text, test: boolean, ...settings, hmacKey, firstKey: ApiKeyFields }),
)
/** `hmacKey` not sent: the key stays. A changed one keeps the previous for 24 hours. Refusals `organization_not_found`, `invalid_hmac_key`. */
export const ChangeOrganization = defineCommand(
  'ChangeOrganization',
  target,
  Type.Object({
    organizationId: id,
    changes: Type.Partial(Type.Omit(Type.Object(settings), ['hmacKeySecretId'])),
    hmacKey: Type.Optional(hmacKey),
  }),
)
/** Keys, tokens, timers and deliveries stop at once; the events stay for the legal term. */
export const CloseOrganization = defineCommand('CloseOrganization', target, Type.Object({ organizationId: id }))
/** Stops billing: until it is resumed no timer fires, no process goes on and nothing is charged; usage is taken. Refusal `billing_already_halted`. */
export const HaltBilling = defineCommand('HaltBilling', target, Type.Object({ organizationId: id, reason: text }))
/** What is due happens now, once. Refusal `billing_not_halted`. */
export const ResumeBilling = defineCommand('ResumeBilling', target, Type.Object({ organizationId: id }))
/** Refusals `api_key_exists`, `too_many_api_keys`, `expiry_passed`. */
export const CreateApiKey = defineCommand(
  'CreateApiKey',
  target,
  Type.Object({ organizationId: id, key: ApiKeyFields }),
)
/** Revokes one key and makes its successor with the same name and expiry, in one step. */
export const RotateApiKey = defineCommand(
  'RotateApiKey',
  target,
  Type.Object({ organizationId: id, keyId: id, successor: Type.Object({ keyId: id, prefix: text, hash: text }) }),
)
export const RevokeApiKey = defineCommand('RevokeApiKey', target, Type.Object({ organizationId: id, keyId: id }))

export const OrganizationCreated = defineEvent(
  'OrganizationCreated',
  Type.Object({ organizationId: id, slug: text, test: boolean, ...settings }),
)
export const OrganizationChanged = defineEvent(
  'OrganizationChanged',
  Type.Object({ organizationId: id, changes: Type.Partial(Type.Object(settings)) }),
)
export const OrganizationClosed = defineEvent('OrganizationClosed', Type.Object({ organizationId: id }))
export const OrganizationBillingHalted = defineEvent(
  'OrganizationBillingHalted',
  Type.Object({ organizationId: id, reason: text }),
)
export const OrganizationBillingResumed = defineEvent('OrganizationBillingResumed', Type.Object({ organizationId: id }))
export const ApiKeyCreated = defineEvent('ApiKeyCreated', Type.Object({ organizationId: id, key: ApiKeyFields }))
export const ApiKeyRevoked = defineEvent('ApiKeyRevoked', Type.Object({ organizationId: id, keyId: id, hash: text }))

export type OrganizationCommand =
  | CommandOf<typeof CreateOrganization>
  | CommandOf<typeof ChangeOrganization>
  | CommandOf<typeof CloseOrganization>
  | CommandOf<typeof HaltBilling>
  | CommandOf<typeof ResumeBilling>
  | CommandOf<typeof CreateApiKey>
  | CommandOf<typeof RotateApiKey>
  | CommandOf<typeof RevokeApiKey>
export type OrganizationEvent =
  | EventOf<typeof OrganizationCreated>
  | EventOf<typeof OrganizationChanged>
  | EventOf<typeof OrganizationClosed>
  | EventOf<typeof OrganizationBillingHalted>
  | EventOf<typeof OrganizationBillingResumed>
  | EventOf<typeof ApiKeyCreated>
  | EventOf<typeof ApiKeyRevoked>
