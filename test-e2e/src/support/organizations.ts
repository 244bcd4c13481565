import { Api } from './api'
import type { Platform } from './platform'
import { ADMIN_SECRET } from './program-process'

export interface NewOrganization {
  readonly id: string
  readonly slug: string
  readonly hmac_key: string
  readonly api_key: { readonly id: string; readonly raw_key: string }
}

/** A further organization, with its own first key. */
export async function createOrganization(
  platform: Platform,
  name: string,
  test = true,
): Promise<{ organization: NewOrganization; api: Api }> {
  const admin = new Api(() => platform.address, 'nobody')
  const answer = await admin.call<NewOrganization>('POST', '/v1/organizations/', {
    body: { name, test },
    headers: { 'x-admin-secret': ADMIN_SECRET },
  })
  if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`)
  return { organization: answer.body, api: new Api(() => platform.address, answer.body.api_key.raw_key) }
}
