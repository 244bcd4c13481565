import type { Secrets } from '@billstream/event-sourcing-runtime'
import type { TenantQuery } from '../database/tenant-query'
import type { Sealing } from './sealing'

/** Secrets as sealed rows. Throws when a row was sealed under another master key. */
export class PostgresSecrets implements Secrets {
  constructor(
    private readonly tenant: TenantQuery,
    private readonly sealing: Sealing,
  ) {}

  async put(organizationId: string, id: string, value: string): Promise<void> {
    await this.tenant.execute(organizationId, {
      name: 'secret_put',
      text: `insert into accounts.secrets (organization_id, id, sealed) values ($1, $2, $3)
             on conflict (organization_id, id) do update set sealed = excluded.sealed`,
      values: [organizationId, id, this.sealing.seal(Buffer.from(value), placeOf(organizationId, id))],
    })
  }

  async get(organizationId: string, id: string): Promise<string | undefined> {
    const [row] = await this.tenant.rows<{ sealed: string }>(organizationId, {
      name: 'secret_get',
      text: 'select sealed from accounts.secrets where organization_id = $1 and id = $2',
      values: [organizationId, id],
    })
    return row && this.sealing.open(row.sealed, placeOf(organizationId, id)).toString()
  }

  async remove(organizationId: string, id: string): Promise<void> {
    await this.tenant.execute(organizationId, {
      name: 'secret_remove',
      text: 'delete from accounts.secrets where organization_id = $1 and id = $2',
      values: [organizationId, id],
    })
  }
}

function placeOf(organizationId: string, id: string): string[] {
  return ['secret', organizationId, id]
}
