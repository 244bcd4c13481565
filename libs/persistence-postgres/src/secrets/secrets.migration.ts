import type { Migration } from '../database/migrations'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { schemaSql, tenantPolicies } from '../tenant-policies'

export const secretsMigration: Migration = {
  name: 'accounts-0001-secrets',
  up: `
    ${schemaSql('accounts', [APP_ROLE, WORKER_ROLE])}
    create table accounts.secrets (
      organization_id text collate "C" not null,
      id text collate "C" not null,
      sealed text not null,
      primary key (organization_id, id)
    );
    ${tenantPolicies('accounts.secrets')}
    create table accounts.person_keys (
      organization_id text collate "C" not null,
      subject text collate "C" not null,
      -- null: the person was erased and never gets a key again.
      sealed text,
      primary key (organization_id, subject)
    );
    ${tenantPolicies('accounts.person_keys')}
    grant select, insert, update, delete on accounts.secrets to ${APP_ROLE}, ${WORKER_ROLE};
    grant select, insert, update on accounts.person_keys to ${APP_ROLE}, ${WORKER_ROLE};`,
}

/** One row: what proves a master key, whether or not anything else is sealed. */
export const masterKeyMigration: Migration = {
  name: 'accounts-0002-master-key',
  up: `
    create table accounts.master_key (
      one boolean primary key default true check (one),
      sealed text not null
    );
    grant select, insert on accounts.master_key to ${WORKER_ROLE};`,
}
