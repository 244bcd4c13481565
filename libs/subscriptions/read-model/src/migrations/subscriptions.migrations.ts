const PLAN = `
create schema if not exists "subscriptions";
grant usage on schema "subscriptions" to billstream_app, billstream_worker;
drop table if exists "subscriptions"."plan";
delete from projections.checkpoints where view = 'subscriptions.plan';
create table "subscriptions"."plan" (
  "id" text collate "C" not null,
  "organization_id" text collate "C" not null,
  "code" text collate "C" not null,
  "name" text collate "C" not null,
  "description" text collate "C",
  "interval" text collate "C" not null,
  "amount_cents" numeric(18,0) not null,
  "currency" text collate "C" not null,
  "trial_period_days" bigint not null,
  "version" bigint not null,
  "charges" json not null,
  "status" text collate "C" not null,
  "created_at" timestamp with time zone not null,
  "updated_at" timestamp with time zone not null,
  primary key (id)
);
create index "plan_idx" on "subscriptions"."plan" ("organization_id", "id");
create index "plan_code_idx" on "subscriptions"."plan" ("organization_id", "code", "id");
alter table "subscriptions"."plan" enable row level security;
alter table "subscriptions"."plan" force row level security;
create policy tenant on "subscriptions"."plan" for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on "subscriptions"."plan" to billstream_worker using (true) with check (true);
grant select on "subscriptions"."plan" to billstream_app;
grant select, insert, update, delete, truncate on "subscriptions"."plan" to billstream_worker;
`

const PLAN_VERSION = `
create schema if not exists "subscriptions";
grant usage on schema "subscriptions" to billstream_app, billstream_worker;
drop table if exists "subscriptions"."plan_version";
delete from projections.checkpoints where view = 'subscriptions.plan_version';
create table "subscriptions"."plan_version" (
  "id" text collate "C" not null,
  "organization_id" text collate "C" not null,
  "plan_id" uuid not null,
  "version" bigint not null,
  "name" text collate "C" not null,
  "interval" text collate "C" not null,
  "amount_cents" numeric(18,0) not null,
  "currency" text collate "C" not null,
  "charges" json not null,
  primary key (id)
);
create index "plan_version_idx" on "subscriptions"."plan_version" ("organization_id", "id");
create index "plan_version_plan_id_idx" on "subscriptions"."plan_version" ("organization_id", "plan_id", "id");
alter table "subscriptions"."plan_version" enable row level security;
alter table "subscriptions"."plan_version" force row level security;
create policy tenant on "subscriptions"."plan_version" for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on "subscriptions"."plan_version" to billstream_worker using (true) with check (true);
grant select on "subscriptions"."plan_version" to billstream_app;
grant select, insert, update, delete, truncate on "subscriptions"."plan_version" to billstream_worker;
`

const SUBSCRIPTION = `
create schema if not exists "subscriptions";
grant usage on schema "subscriptions" to billstream_app, billstream_worker;
drop table if exists "subscriptions"."subscription";
delete from projections.checkpoints where view = 'subscriptions.subscription';
create table "subscriptions"."subscription" (
  "id" text collate "C" not null,
  "organization_id" text collate "C" not null,
  "external_id" text collate "C" not null,
  "customer_id" uuid not null,
  "external_customer_id" text collate "C" not null,
  "plan_id" uuid not null,
  "plan" json not null,
  "status" text collate "C" not null,
  "billing_time" text collate "C" not null,
  "pay_in_advance" boolean not null,
  "on_termination_action" text collate "C" not null,
  "timezone" text collate "C" not null,
  "subscription_at" timestamp with time zone,
  "starts_at" timestamp with time zone,
  "started_at" timestamp with time zone,
  "ending_at" timestamp with time zone,
  "period_start" timestamp with time zone,
  "period_end" timestamp with time zone,
  "created_at" timestamp with time zone not null,
  "updated_at" timestamp with time zone not null,
  primary key (id)
);
create index "subscription_idx" on "subscriptions"."subscription" ("organization_id", "id");
create index "subscription_external_id_idx" on "subscriptions"."subscription" ("organization_id", "external_id", "id");
create index "subscription_customer_id_idx" on "subscriptions"."subscription" ("organization_id", "customer_id", "id");
create index "subscription_external_customer_id_idx" on "subscriptions"."subscription" ("organization_id", "external_customer_id", "id");
create index "subscription_plan_id_idx" on "subscriptions"."subscription" ("organization_id", "plan_id", "id");
alter table "subscriptions"."subscription" enable row level security;
alter table "subscriptions"."subscription" force row level security;
create policy tenant on "subscriptions"."subscription" for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on "subscriptions"."subscription" to billstream_worker using (true) with check (true);
grant select on "subscriptions"."subscription" to billstream_app;
grant select, insert, update, delete, truncate on "subscriptions"."subscription" to billstream_worker;
`

/** The tables of the views, as SQL of their own: a view that changes later gets a new migration. */
export const subscriptionsMigrations: readonly { readonly name: string; readonly up: string }[] = [
  { name: 'subscriptions-0001-plan', up: PLAN },
  { name: 'subscriptions-0001-plan-version', up: PLAN_VERSION },
  { name: 'subscriptions-0001-subscription', up: SUBSCRIPTION },
]
