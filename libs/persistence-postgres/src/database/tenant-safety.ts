import type { Client } from 'pg'
import type { Queries } from './queries'
import { APP_ROLE } from './roles'

/** A request could see another tenant's rows; each line names a role or a table. */
export class TenantsNotSeparated extends Error {
  override readonly name = 'TenantsNotSeparated'
  constructor(readonly findings: readonly string[]) {
    super(['Row-level security would not hold:', ...findings.map((finding) => `  - ${finding}`)].join('\n'))
  }
}

const ROLE_FINDINGS = `
  select case when rolsuper then 'role ' || rolname || ' is a superuser'
              else 'role ' || rolname || ' has BYPASSRLS' end as finding
    from pg_roles where rolname = $1 and (rolsuper or rolbypassrls)
  union all
  select 'role ' || $1 || ' may become ' || granted.rolname
    from pg_auth_members m join pg_roles granted on granted.oid = m.roleid
   where m.member = (select oid from pg_roles where rolname = $1)`

// A tenant table is one with an organization that the role of requests may touch.
const TABLE_FINDINGS = `
  select finding
    from (select c.oid, n.nspname || '.' || c.relname as name, c.relowner, c.relrowsecurity, c.relforcerowsecurity
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
           where c.relkind in ('r', 'p', 'f', 'v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
             and (has_table_privilege($1, c.oid, 'select, insert, update, delete')
               or has_any_column_privilege($1, c.oid, 'select, insert, update'))) t
    cross join lateral (
      select 'table ' || name || ' belongs to role ' || $1 as finding where pg_get_userbyid(relowner) = $1
      union all
      select 'table ' || name || ' has no FORCE ROW LEVEL SECURITY' where not (relrowsecurity and relforcerowsecurity)
    ) findings
   order by finding`

/**
 * Proves that requests cannot pass row-level security: the role of requests is neither a superuser nor BYPASSRLS nor may
 * become another role, owns no tenant table, and each tenant table forces its policies.
 * Throws TenantsNotSeparated, naming each role and table. Source: architecture.md, section 9.
 */
export async function assertTenantsSeparated(client: Client, app: Queries): Promise<void> {
  const findings: string[] = await sessionFindings(app)
  for (const text of [ROLE_FINDINGS, TABLE_FINDINGS]) {
    const { rows } = await client.query<{ finding: string }>(text, [APP_ROLE])
    findings.push(...rows.map(({ finding }) => finding))
  }
  if (findings.length > 0) throw new TenantsNotSeparated(findings)
}

/** What a request's own connection says of itself: a pooler in between may have dropped the role it was started with. */
async function sessionFindings(app: Queries): Promise<string[]> {
  const [session] = await app.query<{ role: string; superuser: string }>({
    text: `select current_user::text as role, current_setting('is_superuser') as superuser`,
  })
  if (session?.role === APP_ROLE && session.superuser === 'off') return []
  return [`requests run as role ${session?.role}, superuser ${session?.superuser}, instead of ${APP_ROLE}`]
}
