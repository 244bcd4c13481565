import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

export const workQueueMigration: Migration = {
  name: 'runtime-0006-work-queue',
  up: `
    ${schemaSql('runtime', [WORKER_ROLE])}
    create table runtime.work_items (
      id text collate "C" primary key,
      seq bigint generated always as identity,
      queue text collate "C" not null,
      organization_id text collate "C" not null,
      correlation_id text collate "C" not null,
      -- null once it is done: the id stays, so that it cannot be added again.
      payload json,
      not_before timestamptz not null,
      tries integer not null,
      lease_until timestamptz,
      done_at timestamptz
    );
    create index work_items_open on runtime.work_items (queue, not_before, seq) where done_at is null;
    create index work_items_leased on runtime.work_items (queue, lease_until) where lease_until is not null;
    create index work_items_correlation on runtime.work_items (correlation_id) where done_at is null;
    grant select, insert, update, delete on runtime.work_items to ${WORKER_ROLE};`,
}
