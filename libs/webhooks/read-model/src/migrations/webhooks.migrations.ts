/** The tables of the views, written out as they ran: a view that changes gets a new migration, and is built anew. */
export const webhooksMigrations: readonly { readonly name: string; readonly up: string }[] = [
  {
    name: 'webhooks-0001-webhook-endpoint',
    up: `
      create schema if not exists "webhooks";
      grant usage on schema "webhooks" to billstream_app, billstream_worker;
      drop table if exists "webhooks"."webhook_endpoint";
      delete from projections.checkpoints where view = 'webhooks.webhook_endpoint';
      create table "webhooks"."webhook_endpoint" (
        "id" text collate "C" not null,
        "organization_id" text collate "C" not null,
        "url" text collate "C" not null,
        "format" text collate "C" not null,
        "signature_algo" text collate "C" not null,
        "status" text collate "C" not null,
        "event_types" json not null,
        "created_at" timestamp with time zone not null,
        "updated_at" timestamp with time zone not null,
        primary key (id)
      );
      create index "webhook_endpoint_idx" on "webhooks"."webhook_endpoint" ("organization_id", "id");
      create index "webhook_endpoint_status_idx" on "webhooks"."webhook_endpoint" ("organization_id", "status", "id");
      alter table "webhooks"."webhook_endpoint" enable row level security;
      alter table "webhooks"."webhook_endpoint" force row level security;
      create policy tenant on "webhooks"."webhook_endpoint" for select to billstream_app
        using (organization_id = current_setting('app.organization', true));
      create policy worker on "webhooks"."webhook_endpoint" to billstream_worker using (true) with check (true);
      grant select on "webhooks"."webhook_endpoint" to billstream_app;
      grant select, insert, update, delete, truncate on "webhooks"."webhook_endpoint" to billstream_worker;
    `,
  },
]
