/** The tables of the views, written out as they ran: a view that changes gets a new migration, and is built anew. */
export const checkoutMigrations: readonly { readonly name: string; readonly up: string }[] = [
  {
    name: 'checkout-0001-payment',
    up: `
      create schema if not exists "checkout";
      grant usage on schema "checkout" to billstream_app, billstream_worker;
      drop table if exists "checkout"."payment";
      delete from projections.checkpoints where view = 'checkout.payment';
      create table "checkout"."payment" (
        "id" text collate "C" not null,
        "organization_id" text collate "C" not null,
        "invoice_id" uuid not null,
        "customer_id" uuid not null,
        "amount_cents" numeric(18,0) not null,
        "currency" text collate "C" not null,
        "status" text collate "C" not null,
        "provider" text collate "C" not null,
        "provider_payment_id" text collate "C",
        "failure_reason" text collate "C",
        "attempt" bigint not null,
        "created_at" timestamp with time zone not null,
        "updated_at" timestamp with time zone not null,
        "completed_at" timestamp with time zone,
        primary key (id)
      );
      create index "payment_idx" on "checkout"."payment" ("organization_id", "id");
      create index "payment_invoice_id_idx" on "checkout"."payment" ("organization_id", "invoice_id", "id");
      create index "payment_customer_id_idx" on "checkout"."payment" ("organization_id", "customer_id", "id");
      create index "payment_status_idx" on "checkout"."payment" ("organization_id", "status", "id");
      alter table "checkout"."payment" enable row level security;
      alter table "checkout"."payment" force row level security;
      create policy tenant on "checkout"."payment" for select to billstream_app
        using (organization_id = current_setting('app.organization', true));
      create policy worker on "checkout"."payment" to billstream_worker using (true) with check (true);
      grant select on "checkout"."payment" to billstream_app;
      grant select, insert, update, delete, truncate on "checkout"."payment" to billstream_worker;
    `,
  },
  {
    name: 'checkout-0002-payment-method',
    up: `
      create schema if not exists "checkout";
      grant usage on schema "checkout" to billstream_app, billstream_worker;
      drop table if exists "checkout"."payment_method";
      delete from projections.checkpoints where view = 'checkout.payment_method';
      create table "checkout"."payment_method" (
        "id" text collate "C" not null,
        "organization_id" text collate "C" not null,
        "customer_id" uuid not null,
        "provider" text collate "C" not null,
        "provider_payment_method_id" text collate "C" not null,
        "type" text collate "C" not null,
        "is_default" boolean not null,
        "details" json not null,
        "created_at" timestamp with time zone not null,
        "updated_at" timestamp with time zone not null,
        primary key (id)
      );
      create index "payment_method_idx" on "checkout"."payment_method" ("organization_id", "id");
      create index "payment_method_customer_id_idx" on "checkout"."payment_method" ("organization_id", "customer_id", "id");
      alter table "checkout"."payment_method" enable row level security;
      alter table "checkout"."payment_method" force row level security;
      create policy tenant on "checkout"."payment_method" for select to billstream_app
        using (organization_id = current_setting('app.organization', true));
      create policy worker on "checkout"."payment_method" to billstream_worker using (true) with check (true);
      grant select on "checkout"."payment_method" to billstream_app;
      grant select, insert, update, delete, truncate on "checkout"."payment_method" to billstream_worker;
    `,
  },
]
