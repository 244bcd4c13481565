import type { Migration } from '../database/migrations'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { schemaSql, tenantPolicies } from '../tenant-policies'

export const deliveriesMigration: Migration = {
  name: 'webhooks-0001-deliveries',
  up: `
    ${schemaSql('webhooks', [APP_ROLE, WORKER_ROLE])}
    create table webhooks.deliveries (
      id text collate "C" primary key,
      seq bigint generated always as identity,
      organization_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      event_id text collate "C" not null,
      format text not null,
      webhook_type text collate "C" not null,
      object_type text collate "C" not null,
      object_id text collate "C" not null,
      body text not null,
      status text collate "C" not null check (status in ('pending', 'succeeded', 'failed')),
      retries integer not null,
      attempts integer not null,
      next_attempt_at timestamptz,
      last_attempt_at timestamptz,
      http_status integer,
      response text,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      lease_until timestamptz,
      check (status <> 'pending' or next_attempt_at is not null)
    );
    create index deliveries_due on webhooks.deliveries (next_attempt_at, created_at, seq) where status = 'pending';
    create index deliveries_first on webhooks.deliveries (object_id, created_at, seq)
      where status = 'pending' and attempts = 0;
    create index deliveries_leased on webhooks.deliveries (lease_until) where lease_until is not null;
    create index deliveries_list on webhooks.deliveries (organization_id, created_at desc, id);
    create index deliveries_endpoint on webhooks.deliveries (organization_id, endpoint_id, status);
    ${tenantPolicies('webhooks.deliveries')}

    create table webhooks.delivery_attempts (
      id text collate "C" primary key,
      delivery_id text collate "C" not null,
      organization_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      attempt_number integer not null,
      http_status integer,
      response_body text,
      success boolean not null,
      error_message text,
      duration_ms integer not null,
      attempted_at timestamptz not null
    );
    create index delivery_attempts_delivery on webhooks.delivery_attempts (organization_id, delivery_id, attempt_number);
    create index delivery_attempts_endpoint on webhooks.delivery_attempts
      (organization_id, endpoint_id, success, attempted_at);
    ${tenantPolicies('webhooks.delivery_attempts')}

    grant select, update on webhooks.deliveries to ${APP_ROLE};
    grant select on webhooks.delivery_attempts to ${APP_ROLE};
    grant select, insert, update, delete on webhooks.deliveries, webhooks.delivery_attempts to ${WORKER_ROLE};`,
}

/** What operators ask: what became of an event, and what was made in some hours. */
export const deliveryLookupsMigration: Migration = {
  name: 'webhooks-0002-delivery-lookups',
  up: `
    create index deliveries_event on webhooks.deliveries (event_id, seq);
    create index deliveries_made on webhooks.deliveries (created_at, id);`,
}

/** What was queued before knows no correlation: its event stands in for it. The owner sees the rows only without force. */
export const deliveryCorrelationMigration: Migration = {
  name: 'webhooks-0003-delivery-correlation',
  up: `
    alter table webhooks.deliveries add column correlation_id text collate "C";
    alter table webhooks.deliveries no force row level security;
    update webhooks.deliveries set correlation_id = event_id;
    alter table webhooks.deliveries force row level security;
    alter table webhooks.deliveries alter column correlation_id set not null;`,
}
