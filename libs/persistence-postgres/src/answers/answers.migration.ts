import type { Migration } from '../database/migrations'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { schemaSql, tenantPolicies } from '../tenant-policies'

export const answersMigration: Migration = {
  name: 'gateway-0001-answers',
  up: `
    ${schemaSql('gateway', [APP_ROLE, WORKER_ROLE])}
    create table gateway.answers (
      scope text collate "C" not null,
      key text collate "C" not null,
      fingerprint text not null,
      -- The end of the lease while it runs, of the keeping afterwards.
      until timestamptz not null,
      -- These three are null while it runs.
      status smallint,
      body text,
      sealed boolean,
      primary key (scope, key)
    );
    create index answers_until on gateway.answers (until);
    ${tenantPolicies('gateway.answers', 'scope')}
    grant select, insert, update, delete on gateway.answers to ${APP_ROLE};
    grant select, delete on gateway.answers to ${WORKER_ROLE};`,
}

export const forgottenMentionsMigration: Migration = {
  name: 'gateway-0002-forgotten-mentions',
  // Of a running request: an answer with one of these texts is not kept.
  up: "alter table gateway.answers add column unkept text[] not null default '{}'",
}
