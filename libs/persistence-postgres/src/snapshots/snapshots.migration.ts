import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

export const snapshotsMigration: Migration = {
  name: 'runtime-0003-snapshots',
  up: `
    ${schemaSql('runtime', [WORKER_ROLE])}
    create table runtime.snapshots (
      stream text collate "C" not null,
      fold_version integer not null,
      revision bigint not null,
      state json not null,
      primary key (stream, fold_version)
    );
    grant select, insert, update, delete on runtime.snapshots to ${WORKER_ROLE};`,
}
