import type { Migration } from '../database/migrations'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { schemaSql, tenantPolicies } from '../tenant-policies'

export const keyUsesMigration: Migration = {
  name: 'gateway-0003-key-uses',
  up: `
    ${schemaSql('gateway', [APP_ROLE, WORKER_ROLE])}
    create table gateway.key_uses (
      key_id uuid primary key,
      organization_id text not null,
      used_at timestamptz not null
    );
    ${tenantPolicies('gateway.key_uses')}
    grant select on gateway.key_uses to ${APP_ROLE};
    grant select, insert, update on gateway.key_uses to ${WORKER_ROLE};`,
}
