import { APP_ROLE, WORKER_ROLE } from './database/roles'

/** A schema that tables of ports lie in; it may be there already. */
export function schemaSql(schema: string, roles: readonly string[]): string {
  return `create schema if not exists ${schema}; grant usage on schema ${schema} to ${roles.join(', ')};`
}

/**
 * Row-level security of a table that requests read or write: they see the rows of their organization, workers see all.
 * `column` holds the organization. Source: architecture.md, section 9.
 */
export function tenantPolicies(table: string, column = 'organization_id'): string {
  const own = `${column} = current_setting('app.organization', true)`
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} to ${APP_ROLE} using (${own}) with check (${own});
    create policy worker on ${table} to ${WORKER_ROLE} using (true) with check (true);`
}
