import { randomBytes } from 'node:crypto'
import type { PersonKeys } from '@billstream/event-sourcing-runtime'
import type { TenantQuery } from '../database/tenant-query'
import type { Sealing } from './sealing'

const PERSON_KEY_BYTES = 32

// A known key is only read. Where another process makes one at this moment, the update waits for it and gives its key.
const ENSURE = `
  with known as (select sealed from accounts.person_keys where organization_id = $1 and subject = $2),
  made as (
    insert into accounts.person_keys (organization_id, subject, sealed)
    select $1, $2, $3 where not exists (select from known)
    on conflict (organization_id, subject) do update set subject = excluded.subject
    returning sealed)
  select sealed from known union all select sealed from made`

/** Keys of persons as sealed rows; an erased one leaves a row without a key. */
export class PostgresPersonKeys implements PersonKeys {
  constructor(
    private readonly tenant: TenantQuery,
    private readonly sealing: Sealing,
  ) {}

  async ensure(organizationId: string, subject: string): Promise<Buffer | undefined> {
    const place = placeOf(organizationId, subject)
    const [row] = await this.tenant.rows<{ sealed: string | null }>(organizationId, {
      name: 'person_key_ensure',
      text: ENSURE,
      values: [organizationId, subject, this.sealing.seal(randomBytes(PERSON_KEY_BYTES), place)],
    })
    return row?.sealed ? this.sealing.open(row.sealed, place) : undefined
  }

  async find(organizationId: string, subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    if (subjects.length === 0) return new Map()
    const rows = await this.tenant.rows<{ subject: string; sealed: string }>(organizationId, {
      name: 'person_keys_find',
      text: `select subject, sealed from accounts.person_keys
              where organization_id = $1 and subject = any($2::text[]) and sealed is not null`,
      values: [organizationId, subjects],
    })
    return new Map(
      rows.map(({ subject, sealed }) => [subject, this.sealing.open(sealed, placeOf(organizationId, subject))]),
    )
  }

  async erase(organizationId: string, subject: string): Promise<void> {
    await this.tenant.execute(organizationId, {
      name: 'person_key_erase',
      text: `insert into accounts.person_keys (organization_id, subject, sealed) values ($1, $2, null)
             on conflict (organization_id, subject) do update set sealed = null`,
      values: [organizationId, subject],
    })
  }
}

function placeOf(organizationId: string, subject: string): string[] {
  return ['person-key', organizationId, subject]
}
