import type { Migration } from '../database/migrations'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

export const countersMigration: Migration = {
  name: 'gateway-0002-rate-counts',
  up: `
    ${schemaSql('gateway', [APP_ROLE, WORKER_ROLE])}
    -- Of the last minutes and worth nothing after a crash: no log is written for them.
    create unlogged table gateway.rate_counts (
      name text collate "C" not null,
      second bigint not null,
      count bigint not null,
      primary key (name, second)
    );
    create index rate_counts_second on gateway.rate_counts (second);
    grant select, insert, update, delete on gateway.rate_counts to ${WORKER_ROLE};`,
}
