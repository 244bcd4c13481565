import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { compareInstants, type Clock } from '@billstream/kernel'
import { PublicError } from '@billstream/platform'
import { hashOfKey, type ApiKeyDirectory, type KnownKey } from './api-key-directory'
import type { KeyUseRecorder } from './key-use-recorder'
import type { AdminCaller, Caller, KeyCaller } from './caller'
import type { Access } from '../operation/operation'

const API_KEY = /^bxb_live_[0-9a-f]{64}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Proves who calls. Every failure of one kind has one text. Source: rules/boxbilling.md, section 1. */
export class Authenticator {
  constructor(
    private readonly keys: ApiKeyDirectory,
    private readonly clock: Clock,
    /** Without a secret nobody is admin. */
    private readonly options: { readonly adminSecret: string | undefined; readonly uses: KeyUseRecorder },
  ) {}

  /** Throws PublicError 401, 403 and, for an organization id that is none, 400. */
  async authenticate(access: Access, headers: IncomingHttpHeaders): Promise<Caller | undefined> {
    if (access === 'public') return undefined
    if (access === 'admin') return this.admin(headers)
    return this.keyHolder(headers)
  }

  private async keyHolder(headers: IncomingHttpHeaders): Promise<KeyCaller> {
    const token = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1]
    if (token === undefined) throw unauthorized('Send an API key as "Authorization: Bearer <key>".')
    const found = API_KEY.test(token) ? await this.keys.find(hashOfKey(token)) : undefined
    if (!found || !this.isValid(found)) throw unauthorized('The API key is unknown, revoked or expired.')
    const organizationId = found.organization.id
    checkChosenOrganization(headers['x-organization-id'], organizationId)
    this.options.uses.note(organizationId, found.key.id)
    return {
      kind: 'key',
      organizationId,
      organization: found.organization,
      actor: { type: 'api_key', id: found.key.id },
      credential: token,
    }
  }

  private isValid({ key, organization }: KnownKey): boolean {
    const expired = key.expires_at !== null && compareInstants(key.expires_at, this.clock.now()) <= 0
    return key.status === 'active' && organization.status === 'open' && !expired
  }

  private admin(headers: IncomingHttpHeaders): AdminCaller {
    const sent = headers['x-admin-secret']
    const known = this.options.adminSecret
    if (typeof sent !== 'string' || known === undefined || !isEqual(sent, known)) {
      throw new PublicError(401, 'unauthorized', 'The admin secret is missing or wrong.')
    }
    return { kind: 'admin', actor: { type: 'admin', id: 'admin-secret' }, credential: sent }
  }
}

/** In constant time: both are hashed first, so not even the length shows. */
function isEqual(sent: string, known: string): boolean {
  return timingSafeEqual(digest(sent), digest(known))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The header gives no access: it may only name the organization that the key has anyway. */
function checkChosenOrganization(chosen: string | string[] | undefined, organizationId: string): void {
  if (chosen === undefined) return
  if (typeof chosen !== 'string' || !UUID.test(chosen)) {
    throw new PublicError(400, 'invalid_organization_id', 'X-Organization-Id is not a UUID.')
  }
  if (chosen.toLowerCase() !== organizationId) {
    throw new PublicError(403, 'forbidden', 'The API key is not of this organization.')
  }
}

function unauthorized(message: string): PublicError {
  return new PublicError(401, 'unauthorized', message, { headers: { 'www-authenticate': 'Bearer' } })
}
