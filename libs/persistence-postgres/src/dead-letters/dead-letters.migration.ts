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

/** Letters get a turn again, and those that left are kept. */
export const deadLetterEndsMigration: Migration = {
  name: 'runtime-0007-dead-letter-ends',
  up: `
    alter table runtime.dead_letters add column waits boolean not null default false;
    update runtime.dead_letters set waits = true where tries = 0;
    create table runtime.ended_letters (
      id text collate "C" primary key,
      seq bigint generated always as identity unique,
      consumer text collate "C" not null,
      key text collate "C" not null,
      message json not null,
      error text not null,
      tries integer not null,
      at timestamptz not null,
      outcome text not null check (outcome in ('handled', 'dropped')),
      ended_by text not null,
      reason text not null,
      ended_at timestamptz not null
    );
    grant select, insert on runtime.ended_letters to ${WORKER_ROLE};`,
}

/**
 * A letter names its event, which was kept whole before: in clear, where nobody could forget a person. The column keeps its name, so
 * that a process of the version before can still add a letter.
 */
export const deadLetterReferencesMigration: Migration = {
  name: 'runtime-0010-dead-letter-references',
  up: ['dead_letters', 'ended_letters'].map(keepReferences).join('\n'),
}

/** A step of a test clock looks for the letters of its correlation, however many others lie there. */
export const deadLetterCorrelationMigration: Migration = {
  name: 'runtime-0011-dead-letter-correlation',
  up: `create index dead_letters_correlation on runtime.dead_letters ((message ->> 'correlationId'));`,
}

function keepReferences(table: string): string {
  return `
    update runtime.${table} set message = json_build_object(
      'id', message -> 'id', 'type', message -> 'type', 'stream', message -> 'stream',
      'revision', message -> 'revision', 'position', message -> 'position');`
}
