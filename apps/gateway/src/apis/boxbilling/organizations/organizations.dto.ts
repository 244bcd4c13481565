import { Type } from '@sinclair/typebox'
import { named, wire } from '../../../edge/schema/wire'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire

export const ApiKeyCreate = named('ApiKeyCreate', {
  name: Optional(orNull(text({ max: 255 }))),
  expires_at: Optional(orNull(instant())),
})

const apiKey = {
  id: uuid(),
  key_prefix: text(),
  name: orNull(text()),
  last_used_at: orNull(instant()),
  expires_at: orNull(instant()),
  status: wire.label(['active', 'revoked']),
  created_at: instant(),
}
export const ApiKeyListResponse = named('ApiKeyListResponse', apiKey)
export const ApiKeyCreateResponse = named('ApiKeyCreateResponse', {
  ...apiKey,
  organization_id: uuid(),
  updated_at: instant(),
  raw_key: text(),
})

const settings = {
  default_currency: Optional(orNull(wire.currency())),
  timezone: Optional(orNull(wire.timezone())),
  hmac_key: Optional(orNull(text({ max: 255 }))),
  logo_url: Optional(orNull(text({ max: 2048 }))),
  portal_accent_color: Optional(orNull(text({ max: 7 }))),
  portal_welcome_message: Optional(orNull(text({ max: 500 }))),
}
export const OrganizationCreate = named('OrganizationCreate', {
  name: text({ min: 1, max: 255 }),
  ...settings,
  test: Optional(wire.boolean()),
  owner_email: Optional(wire.notYet(text())),
  owner_name: Optional(wire.notYet(text())),
  owner_password: Optional(wire.notYet(text())),
})
export const OrganizationUpdate = named('OrganizationUpdate', {
  name: Optional(orNull(text({ min: 1, max: 255 }))),
  ...settings,
})

const organization = {
  id: uuid(),
  name: text(),
  slug: text(),
  test: wire.boolean(),
  default_currency: text(),
  timezone: text(),
  hmac_key: orNull(text()),
  logo_url: orNull(text()),
  portal_accent_color: orNull(text()),
  portal_welcome_message: orNull(text()),
  created_at: instant(),
  updated_at: instant(),
}
export const OrganizationResponse = named('OrganizationResponse', organization)
export const OrganizationCreateResponse = named('OrganizationCreateResponse', {
  ...organization,
  api_key: ApiKeyCreateResponse,
})
