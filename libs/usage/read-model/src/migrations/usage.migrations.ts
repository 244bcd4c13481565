/** SQL of this context's views, in order; what `createViewSql` prints for them, written out so that history stays as it ran. */
export const usageMigrations: readonly { readonly name: string; readonly up: string }[] = [
  {
    name: 'usage-0001-billable-metric',
    up: `
      create schema if not exists "usage";
      grant usage on schema "usage" to billstream_app, billstream_worker;
      drop table if exists "usage"."billable_metric";
      delete from projections.checkpoints where view = 'usage.billable_metric';
      create table "usage"."billable_metric" (
        "id" text collate "C" not null,
        "organization_id" text collate "C" not null,
        "code" text collate "C" not null,
        "name" text collate "C" not null,
        "description" text collate "C",
        "aggregation_type" text collate "C" not null,
        "field_name" text collate "C",
        "recurring" boolean not null,
        "rounding_function" text collate "C",
        "rounding_precision" bigint,
        "status" text collate "C" not null,
        "created_at" timestamp with time zone not null,
        "updated_at" timestamp with time zone not null,
        primary key (id)
      );
      create index "billable_metric_idx" on "usage"."billable_metric" ("organization_id", "id");
      create index "billable_metric_code_idx" on "usage"."billable_metric" ("organization_id", "code", "id");
      alter table "usage"."billable_metric" enable row level security;
      alter table "usage"."billable_metric" force row level security;
      create policy tenant on "usage"."billable_metric" for select to billstream_app
        using (organization_id = current_setting('app.organization', true));
      create policy worker on "usage"."billable_metric" to billstream_worker using (true) with check (true);
      grant select on "usage"."billable_metric" to billstream_app;
      grant select, insert, update, delete, truncate on "usage"."billable_metric" to billstream_worker;`,
  },
]
