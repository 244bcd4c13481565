import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'

/** Runs after `viewMigrations`, before the read models'. */
export const projectionControlsMigration: Migration = {
  name: 'views-0002-controls',
  up: `
    create table projections.pauses (
      projection text collate "C" primary key,
      paused_by text not null,
      reason text not null,
      at timestamptz not null
    );
    create table projections.failures (
      projection text collate "C" primary key,
      error text not null,
      at timestamptz not null
    );
    grant select, insert, update, delete on projections.pauses, projections.failures to ${WORKER_ROLE};`,
}
