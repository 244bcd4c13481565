/** The sandbox stands for a provider outside: its charges are no tenant's table, and the role of requests cannot see them. */
export const sandboxMigrations = [
  {
    name: 'sandbox-0001-charges',
    up: `
      create schema if not exists sandbox;
      grant usage on schema sandbox to billstream_worker;
      create table sandbox.charge (
        idempotency_key uuid primary key,
        organization_id uuid not null,
        amount numeric(18, 0) not null,
        currency text not null,
        method_token text not null,
        metadata jsonb not null,
        provider_payment_id text not null,
        outcome jsonb not null,
        settles_at timestamptz not null,
        created_at timestamptz not null
      );
      create index on sandbox.charge (organization_id, created_at);
      grant select, insert on sandbox.charge to billstream_worker;
    `,
  },
] as const
