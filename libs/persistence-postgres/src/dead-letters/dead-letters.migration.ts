import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

export const deadLettersMigration: Migration = {
  name: 'runtime-0005-dead-letters',
  up: `
    ${schemaSql('runtime', [WORKER_ROLE])}
    create table runtime.dead_letters (
      id text collate "C" primary key,
      seq bigint generated always as identity unique,
      consumer text collate "C" not null,
      key text collate "C" not null,
      message json not null,
      error text not null,
      tries integer not null,
      at timestamptz not null
    );
    create index dead_letters_key on runtime.dead_letters (consumer, key, seq);
    grant select, insert, update, delete on runtime.dead_letters to ${WORKER_ROLE};`,
}
