import type { Migration } from '../database/migrations'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { schemaSql } from '../tenant-policies'

const PARTITIONS = 8

const eventPartitions = Array.from(
  { length: PARTITIONS },
  (_, remainder) => `
    create table usage.event_${remainder} partition of usage.event
      for values with (modulus ${PARTITIONS}, remainder ${remainder});`,
).join('')

/**
 * As `tenantPolicies`, for organizations that are kept as 16 bytes: the rows are many. Being a subquery, the setting is read
 * once per statement and not once per row, which is a twelfth of what ingestion costs.
 */
function tenantPolicies(table: string): string {
  const own = `organization_id = (select nullif(current_setting('app.organization', true), '')::uuid)`
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} to ${APP_ROLE} using (${own}) with check (${own});
    create policy worker on ${table} to ${WORKER_ROLE} using (true) with check (true);`
}

const GROWING = ['series', 'event', 'hourly_distinct', 'daily_distinct', 'measurement'].map(inSchema)
const CHANGING = ['hourly', 'measured_period'].map(inSchema)
const TABLES = [...GROWING, ...CHANGING]

function inSchema(table: string): string {
  return `usage.${table}`
}

const usageLogMigration: Migration = {
  name: 'usage-0002-log',
  up: `
    ${schemaSql('usage', [APP_ROLE, WORKER_ROLE])}
    create sequence usage.ingestion;
    grant usage, select on sequence usage.ingestion to ${APP_ROLE}, ${WORKER_ROLE};

    -- What one meter counts. The id is a hash of the rest, so that long names make short keys everywhere else.
    create table usage.series (
      id uuid primary key,
      organization_id uuid not null,
      external_customer_id text collate "C" not null,
      external_subscription_id text collate "C" not null,
      code text collate "C" not null
    );
    create index series_customer on usage.series (organization_id, external_customer_id, code);
    create index series_code on usage.series (organization_id, code);

    create table usage.event (
      organization_id uuid not null,
      transaction_id text collate "C" not null,
      id uuid not null,
      series uuid not null,
      timestamp timestamptz not null,
      created_at timestamptz not null,
      ingestion bigint not null,
      value numeric,
      distinct_value text,
      content_hash bytea not null,
      request_id text collate "C" not null,
      -- Text, because a JSON type may write numbers in another way than they were sent.
      properties text not null,
      primary key (organization_id, transaction_id)
    ) partition by hash (organization_id, transaction_id);
    ${eventPartitions}
    create index event_series on usage.event (series, timestamp);
    create index event_list on usage.event (organization_id, id);
    -- Nearly free to keep, and enough for lists within bounds: usage comes roughly in the order of its time.
    create index event_time on usage.event using brin (timestamp);

    create table usage.hourly (
      organization_id uuid not null,
      series uuid not null,
      -- The start of a UTC hour.
      hour timestamptz not null,
      events_count bigint not null,
      sum numeric not null,
      max numeric,
      -- The value of the greatest (timestamp, transaction id).
      latest_at timestamptz,
      latest_id text collate "C",
      latest numeric,
      primary key (series, hour)
    )
    -- Changed all the time: room on the page lets PostgreSQL change a row without touching the indexes.
    with (fillfactor = 60);
    create index hourly_volume on usage.hourly (organization_id, hour);

    -- Which distinct values came in an hour, and in a day: a month is counted from days and at most two broken ones.
    -- The digest is a hash of the value's canonical JSON: values may be longer than a key.
    create table usage.hourly_distinct (
      organization_id uuid not null,
      series uuid not null,
      hour timestamptz not null,
      digest uuid not null,
      primary key (series, hour, digest)
    );
    create table usage.daily_distinct (
      organization_id uuid not null,
      series uuid not null,
      -- The start of a UTC day.
      day timestamptz not null,
      digest uuid not null,
      primary key (series, day, digest)
    );

    create table usage.measurement (
      organization_id uuid not null,
      id uuid not null,
      body json not null,
      measured_at timestamptz not null default now(),
      primary key (organization_id, id)
    );

    create table usage.measured_period (
      organization_id uuid not null,
      invoice_id uuid not null,
      subscription_id uuid not null,
      external_subscription_id text collate "C" not null,
      external_customer_id text collate "C" not null,
      period_from timestamptz not null,
      period_to timestamptz not null,
      codes text[] collate "C" not null,
      request json not null,
      -- Rises with the first event after each measurement.
      change integer not null default 0,
      -- The change up to which it is measured, billed by a settling measurement, closed by a further one, and announced.
      measured_change integer not null default 0,
      settled_change integer not null default 0,
      closed_change integer not null default 0,
      announced_change integer not null default 0,
      -- The organization comes second here and below: no plan shall ever walk through all periods of an organization.
      primary key (invoice_id, organization_id)
    )
    with (fillfactor = 70);
    create index measured_period_late on usage.measured_period (external_customer_id, organization_id, period_to);
    create index measured_period_subscription on usage.measured_period (subscription_id, organization_id, period_from);
    create index measured_period_unannounced on usage.measured_period (invoice_id)
      where change > announced_change;

    ${TABLES.map(tenantPolicies).join('')}
    grant select, insert on ${GROWING.join(', ')} to ${APP_ROLE};
    grant select, insert, update on ${CHANGING.join(', ')} to ${APP_ROLE};
    grant select, insert, update, delete on ${TABLES.join(', ')} to ${WORKER_ROLE};`,
}

/** The tables of the usage log. They depend on no others. */
export const usageLogMigrations: readonly Migration[] = [usageLogMigration]
