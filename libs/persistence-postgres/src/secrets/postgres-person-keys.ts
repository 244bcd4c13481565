import { randomBytes } from 'node:crypto'
import { Collected, type PersonKeys } from '@billstream/event-sourcing-runtime'
import type { TenantQuery } from '../database/tenant-query'
import type { Sealing } from './sealing'

const PERSON_KEY_BYTES = 32

// A known key is only read. Where another process makes one at this moment, the update waits for it and gives its key.
const ENSURE = `
  with wanted as (select * from unnest($2::text[], $3::text[]) as wanted (subject, sealed)),
  known as (
    select subject, sealed from accounts.person_keys
     where organization_id = $1 and subject = any(array(select subject from wanted))
  ),
  made as (
    insert into accounts.person_keys (organization_id, subject, sealed)
    select $1, subject, sealed from wanted
     where not exists (select from known where known.subject = wanted.subject) order by subject
    on conflict (organization_id, subject) do update set subject = excluded.subject
    returning subject, sealed)
  select subject, sealed from known union all select subject, sealed from made`

interface Wanted {
  readonly organizationId: string
  readonly subject: string
}

/** Keys of persons as sealed rows; an erased one leaves a row without a key. */
export class PostgresPersonKeys implements PersonKeys {
  private readonly ensured = new Collected<Wanted, Buffer | undefined>(
    ({ organizationId }) => organizationId,
    (wanted) => this.ensureAll(wanted),
  )

  constructor(
    private readonly tenant: TenantQuery,
    private readonly sealing: Sealing,
  ) {}

  ensure(organizationId: string, subject: string): Promise<Buffer | undefined> {
    return this.ensured.ask({ organizationId, subject })
  }

  /** All of one organization. */
  private async ensureAll(wanted: readonly Wanted[]): Promise<(Buffer | undefined)[]> {
    const [{ organizationId }] = wanted as readonly [Wanted]
    const subjects = [...new Set(wanted.map(({ subject }) => subject))]
    const fresh = subjects.map((subject) =>
      this.sealing.seal(randomBytes(PERSON_KEY_BYTES), placeOf(organizationId, subject)),
    )
    const rows = await this.tenant.rows<{ subject: string; sealed: string | null }>(organizationId, {
      name: 'person_key_ensure',
      text: ENSURE,
      values: [organizationId, subjects, fresh],
    })
    const sealed = new Map(rows.map((row) => [row.subject, row.sealed]))
    return wanted.map(({ subject }) => {
      const key = sealed.get(subject)
      return key ? this.sealing.open(key, placeOf(organizationId, subject)) : undefined
    })
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
