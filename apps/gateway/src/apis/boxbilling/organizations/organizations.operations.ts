import { Type } from '@sinclair/typebox'
import { page, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'
import {
  ApiKeyCreate,
  ApiKeyCreateResponse,
  ApiKeyListResponse,
  OrganizationCreate,
  OrganizationCreateResponse,
  OrganizationResponse,
  OrganizationUpdate,
} from './organizations.dto'

const tag = 'Organizations'
const keyParams = Type.Object({ api_key_id: wire.uuid() })

export const createOrganization = operation({
  method: 'POST',
  path: '/v1/organizations/',
  tag,
  summary: 'Create an organization and its first API key',
  access: 'admin',
  body: OrganizationCreate,
  response: OrganizationCreateResponse,
  status: 201,
  errors: [401, 422],
  secret: true,
})
export const listOrganizations = operation({
  method: 'GET',
  path: '/v1/organizations/',
  tag,
  summary: 'List organizations',
  access: 'admin',
  query: Type.Object(page),
  response: Type.Array(OrganizationResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const deleteOrganization = operation({
  method: 'DELETE',
  path: '/v1/organizations/{org_id}',
  tag,
  summary: 'Close an organization: its keys stop at once',
  access: 'admin',
  params: Type.Object({ org_id: wire.uuid() }),
  status: 204,
  errors: [401, 404, 422],
})
export const getCurrentOrganization = operation({
  method: 'GET',
  path: '/v1/organizations/current',
  tag,
  summary: "Get the API key's organization",
  response: OrganizationResponse,
  status: 200,
  errors: [401, 404],
})
export const updateCurrentOrganization = operation({
  method: 'PUT',
  path: '/v1/organizations/current',
  tag,
  summary: "Change the API key's organization",
  body: OrganizationUpdate,
  response: OrganizationResponse,
  status: 200,
  errors: [401, 404, 422],
  secret: true,
})
export const createApiKey = operation({
  method: 'POST',
  path: '/v1/organizations/current/api_keys',
  tag,
  summary: 'Create an API key; the answer is the only one that holds it',
  body: ApiKeyCreate,
  response: ApiKeyCreateResponse,
  status: 201,
  errors: [401, 422],
  secret: true,
})
export const listApiKeys = operation({
  method: 'GET',
  path: '/v1/organizations/current/api_keys',
  tag,
  summary: 'List API keys',
  query: Type.Object(page),
  response: Type.Array(ApiKeyListResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const rotateApiKey = operation({
  method: 'POST',
  path: '/v1/organizations/current/api_keys/{api_key_id}/rotate',
  tag,
  summary: 'Revoke an API key and make its successor',
  params: keyParams,
  response: ApiKeyCreateResponse,
  status: 200,
  errors: [401, 404, 422],
  secret: true,
})
export const revokeApiKey = operation({
  method: 'DELETE',
  path: '/v1/organizations/current/api_keys/{api_key_id}',
  tag,
  summary: 'Revoke an API key',
  params: keyParams,
  status: 204,
  errors: [401, 404, 422],
})
