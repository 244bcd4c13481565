const ORGANIZATION = `
create table accounts.organization (
  id text collate "C" not null,
  organization_id text collate "C" not null,
  name text collate "C" not null,
  slug text collate "C" not null,
  test boolean not null,
  default_currency text collate "C" not null,
  timezone text collate "C" not null,
  hmac_key_secret_id text collate "C" not null,
  logo_url text collate "C",
  portal_accent_color text collate "C",
  portal_welcome_message text collate "C",
  status text collate "C" not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  primary key (id)
);
create index organization_idx on accounts.organization (organization_id, id);
create index organization_slug_idx on accounts.organization (organization_id, slug, id);
-- A portal's address names the slug before any organization is known.
create index organization_slug_anywhere_idx on accounts.organization (slug);
`

const API_KEY = `
create table accounts.api_key (
  id text collate "C" not null,
  organization_id text collate "C" not null,
  name text collate "C",
  key_prefix text collate "C" not null,
  hash text collate "C" not null,
  status text collate "C" not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  primary key (id)
);
create index api_key_idx on accounts.api_key (organization_id, id);
create index api_key_hash_idx on accounts.api_key (organization_id, hash, id);
-- A request is known by its key before its organization is.
create index api_key_hash_anywhere_idx on accounts.api_key (hash);
`

const CUSTOMER = `
create table accounts.customer (
  id text collate "C" not null,
  organization_id text collate "C" not null,
  external_id text collate "C" not null,
  name text collate "C" not null,
  email text collate "C",
  currency text collate "C",
  timezone text collate "C",
  invoice_grace_period bigint,
  net_payment_term bigint,
  billing_metadata json not null,
  test_clock_id text collate "C",
  status text collate "C" not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  primary key (id)
);
create index customer_idx on accounts.customer (organization_id, id);
create index customer_external_id_idx on accounts.customer (organization_id, external_id, id);
create index customer_test_clock_id_idx on accounts.customer (organization_id, test_clock_id, id);
`

const TEST_CLOCK = `
create table accounts.test_clock (
  id text collate "C" not null,
  organization_id text collate "C" not null,
  name text collate "C" not null,
  frozen_time timestamp with time zone not null,
  target_time timestamp with time zone,
  status text collate "C" not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  primary key (id)
);
create index test_clock_idx on accounts.test_clock (organization_id, id);
create index test_clock_status_idx on accounts.test_clock (organization_id, status, id);
`

/** Requests see the rows of their organization only; workers see and write all. */
function rightsOn(table: string): string {
  return `
alter table ${table} enable row level security;
alter table ${table} force row level security;
create policy tenant on ${table} for select to billstream_app
  using (organization_id = current_setting('app.organization', true));
create policy worker on ${table} to billstream_worker using (true) with check (true);
grant select on ${table} to billstream_app;
grant select, insert, update, delete, truncate on ${table} to billstream_worker;
`
}

/** The tables of the views, as SQL of their own: a view that changes later gets a new migration. */
export const accountsMigrations: readonly { readonly name: string; readonly up: string }[] = [
  {
    name: 'accounts-0001-views',
    up: [
      'create schema if not exists accounts;\ngrant usage on schema accounts to billstream_app, billstream_worker;\n',
      ...[ORGANIZATION, API_KEY, CUSTOMER, TEST_CLOCK],
      ...['accounts.organization', 'accounts.api_key', 'accounts.customer', 'accounts.test_clock'].map(rightsOn),
    ].join(''),
  },
]
