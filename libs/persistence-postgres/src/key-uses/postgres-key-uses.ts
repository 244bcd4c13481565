import type { KeyUse, KeyUses } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { TenantQuery } from '../database/tenant-query'

/** Last uses as rows; written in the background for many organizations at once, read by one. */
export class PostgresKeyUses implements KeyUses {
  constructor(
    private readonly tenant: TenantQuery,
    private readonly worker: Queries,
  ) {}

  async record(uses: readonly KeyUse[]): Promise<void> {
    const latest = new Map([...uses].sort(byTime).map((use) => [use.keyId, use]))
    if (latest.size === 0) return
    const rows = [...latest.values()]
    await this.worker.execute({
      name: 'key_uses_record',
      text: `insert into gateway.key_uses (key_id, organization_id, used_at)
             select * from unnest($1::uuid[], $2::text[], $3::timestamptz[])
             on conflict (key_id) do update set used_at = greatest(key_uses.used_at, excluded.used_at)`,
      values: [
        rows.map(({ keyId }) => keyId),
        rows.map(({ organizationId }) => organizationId),
        rows.map(({ usedAt }) => usedAt),
      ],
    })
  }

  async lastUses(organizationId: string, keyIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.tenant.rows<{ key_id: string; used_at: string }>(organizationId, {
      name: 'key_uses_last',
      text: 'select key_id, used_at from gateway.key_uses where organization_id = $1 and key_id = any($2::uuid[])',
      values: [organizationId, [...keyIds]],
    })
    return new Map(rows.map(({ key_id, used_at }) => [key_id, used_at]))
  }
}

function byTime(one: KeyUse, other: KeyUse): number {
  return Date.parse(one.usedAt) - Date.parse(other.usedAt)
}
