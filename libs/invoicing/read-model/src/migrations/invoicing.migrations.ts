const INVOICE = `
create schema if not exists "invoicing";
grant usage on schema "invoicing" to billstream_app, billstream_worker;
drop table if exists "invoicing"."invoice";
delete from projections.checkpoints where view = 'invoicing.invoice';
create table "invoicing"."invoice" (
  "id" text collate "C" not null,
  "organization_id" text collate "C" not null,
  "invoice_number" text collate "C" not null,
  "customer_id" uuid not null,
  "subscription_id" uuid,
  "status" text collate "C" not null,
  "invoice_type" text collate "C" not null,
  "currency" text collate "C" not null,
  "billing_period_start" timestamp with time zone not null,
  "billing_period_end" timestamp with time zone not null,
  "subtotal_cents" numeric(18,0) not null,
  "coupons_amount_cents" numeric(18,0) not null,
  "tax_amount_cents" numeric(18,0) not null,
  "progressive_billing_credit_amount_cents" numeric(18,0) not null,
  "prepaid_credit_amount_cents" numeric(18,0) not null,
  "total_cents" numeric(18,0) not null,
  "amount_due_cents" numeric(18,0) not null,
  "fees" json not null,
  "taxes" json not null,
  "payment_status" text collate "C" not null,
  "finalize_at" timestamp with time zone,
  "due_date" timestamp with time zone,
  "issued_at" timestamp with time zone,
  "paid_at" timestamp with time zone,
  "created_at" timestamp with time zone not null,
  "updated_at" timestamp with time zone not null,
  primary key (id)
);
create index "invoice_idx" on "invoicing"."invoice" ("organization_id", "id");
create index "invoice_customer_id_idx" on "invoicing"."invoice" ("organization_id", "customer_id", "id");
create index "invoice_subscription_id_idx" on "invoicing"."invoice" ("organization_id", "subscription_id", "id");
create index "invoice_status_idx" on "invoicing"."invoice" ("organization_id", "status", "id");
create index "invoice_invoice_number_idx" on "invoicing"."invoice" ("organization_id", "invoice_number", "id");
alter table "invoicing"."invoice" enable row level security;
alter table "invoicing"."invoice" force row level security;
create policy tenant on "invoicing"."invoice" for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on "invoicing"."invoice" to billstream_worker using (true) with check (true);
grant select on "invoicing"."invoice" to billstream_app;
grant select, insert, update, delete, truncate on "invoicing"."invoice" to billstream_worker;
`

const FEE = `
create schema if not exists "invoicing";
grant usage on schema "invoicing" to billstream_app, billstream_worker;
drop table if exists "invoicing"."fee";
delete from projections.checkpoints where view = 'invoicing.fee';
create table "invoicing"."fee" (
  "id" text collate "C" not null,
  "organization_id" text collate "C" not null,
  "invoice_id" uuid not null,
  "customer_id" uuid not null,
  "subscription_id" uuid,
  "charge_id" uuid,
  "fee_type" text collate "C" not null,
  "line" bigint not null,
  "description" text collate "C" not null,
  "metric_code" text collate "C",
  "units" numeric(30,12) not null,
  "events_count" bigint not null,
  "unit_amount_cents" numeric(30,12) not null,
  "amount_cents" numeric(18,0) not null,
  "taxes_amount_cents" numeric(18,0) not null,
  "total_amount_cents" numeric(18,0) not null,
  "payment_status" text collate "C" not null,
  "properties" json not null,
  "cause" json not null,
  "corrects_invoice_id" uuid,
  "carries" boolean not null,
  "created_at" timestamp with time zone not null,
  "updated_at" timestamp with time zone not null,
  primary key (id)
);
create index "fee_idx" on "invoicing"."fee" ("organization_id", "id");
create index "fee_invoice_id_idx" on "invoicing"."fee" ("organization_id", "invoice_id", "id");
create index "fee_customer_id_idx" on "invoicing"."fee" ("organization_id", "customer_id", "id");
create index "fee_subscription_id_carries_idx" on "invoicing"."fee" ("organization_id", "subscription_id", "carries", "id");
create index "fee_corrects_invoice_id_idx" on "invoicing"."fee" ("organization_id", "corrects_invoice_id", "id");
alter table "invoicing"."fee" enable row level security;
alter table "invoicing"."fee" force row level security;
create policy tenant on "invoicing"."fee" for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on "invoicing"."fee" to billstream_worker using (true) with check (true);
grant select on "invoicing"."fee" to billstream_app;
grant select, insert, update, delete, truncate on "invoicing"."fee" to billstream_worker;
`

const TAX = `
create schema if not exists "invoicing";
grant usage on schema "invoicing" to billstream_app, billstream_worker;
drop table if exists "invoicing"."tax";
delete from projections.checkpoints where view = 'invoicing.tax';
create table "invoicing"."tax" (
  "id" text collate "C" not null,
  "organization_id" text collate "C" not null,
  "code" text collate "C" not null,
  "name" text collate "C" not null,
  "rate" numeric(30,12) not null,
  "description" text collate "C",
  "category" text collate "C",
  "applied_to_organization" boolean not null,
  "created_at" timestamp with time zone not null,
  "updated_at" timestamp with time zone not null,
  primary key (id)
);
create index "tax_idx" on "invoicing"."tax" ("organization_id", "id");
create index "tax_code_idx" on "invoicing"."tax" ("organization_id", "code", "id");
create index "tax_applied_to_organization_idx" on "invoicing"."tax" ("organization_id", "applied_to_organization", "id");
alter table "invoicing"."tax" enable row level security;
alter table "invoicing"."tax" force row level security;
create policy tenant on "invoicing"."tax" for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on "invoicing"."tax" to billstream_worker using (true) with check (true);
grant select on "invoicing"."tax" to billstream_app;
grant select, insert, update, delete, truncate on "invoicing"."tax" to billstream_worker;
`

const TAX_APPLICATION = `
create schema if not exists "invoicing";
grant usage on schema "invoicing" to billstream_app, billstream_worker;
drop table if exists "invoicing"."tax_application";
delete from projections.checkpoints where view = 'invoicing.tax_application';
create table "invoicing"."tax_application" (
  "id" text collate "C" not null,
  "organization_id" text collate "C" not null,
  "tax_id" uuid not null,
  "tax_code" text collate "C" not null,
  "taxable_type" text collate "C" not null,
  "taxable_id" uuid not null,
  "created_at" timestamp with time zone not null,
  primary key (id)
);
create index "tax_application_idx" on "invoicing"."tax_application" ("organization_id", "id");
create index "tax_application_taxable_type_taxable_id_idx" on "invoicing"."tax_application" ("organization_id", "taxable_type", "taxable_id", "id");
create index "tax_application_tax_id_idx" on "invoicing"."tax_application" ("organization_id", "tax_id", "id");
alter table "invoicing"."tax_application" enable row level security;
alter table "invoicing"."tax_application" force row level security;
create policy tenant on "invoicing"."tax_application" for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on "invoicing"."tax_application" to billstream_worker using (true) with check (true);
grant select on "invoicing"."tax_application" to billstream_app;
grant select, insert, update, delete, truncate on "invoicing"."tax_application" to billstream_worker;
`

/** The tables of the views, as SQL of their own: a view that changes later gets a new migration. */
export const invoicingMigrations: readonly { readonly name: string; readonly up: string }[] = [
  { name: 'invoicing-0001-invoice', up: INVOICE },
  { name: 'invoicing-0001-fee', up: FEE },
  { name: 'invoicing-0001-tax', up: TAX },
  { name: 'invoicing-0001-tax-application', up: TAX_APPLICATION },
]
