import { WORKER_ROLE } from '../database/roles'
import type { Migration } from '../database/migrations'

export const checkpointsMigration: Migration = {
  name: '0001-runtime-checkpoints',
  up: `
    create schema if not exists runtime;
    grant usage on schema runtime to ${WORKER_ROLE};
    create table runtime.checkpoint (
      consumer text primary key,
      position numeric(20, 0) not null
    );
    grant select, insert, update on runtime.checkpoint to ${WORKER_ROLE};
  `,
}
