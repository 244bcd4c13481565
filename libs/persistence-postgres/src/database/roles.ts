import { DatabaseError, type Client } from 'pg'

/** Requests of tenants: no superuser, no BYPASSRLS, under row-level security. */
export const APP_ROLE = 'billstream_app'
/** Projections, relay, timers, operators; the policies let it see every organization. Never on a tenant's request path. */
export const WORKER_ROLE = 'billstream_worker'
const ROLES = [APP_ROLE, WORKER_ROLE] as const

const DUPLICATE_OBJECT = '42710'
const UNIQUE_VIOLATION = '23505'
const INSUFFICIENT_PRIVILEGE = '42501'

/** The roles or the rights are missing and the user of DATABASE_URL may not make them; the message holds the SQL to run. */
export class RolesMissing extends Error {
  override readonly name = 'RolesMissing'
}

/**
 * Makes the two roles where they are missing and lets the owner become them. They are NOLOGIN: sessions log in as the
 * user of DATABASE_URL and start as the role (see README). Roles belong to the whole server, so several databases may
 * do this at the same time. Throws RolesMissing with the exact SQL for an administrator.
 */
export async function ensureRoles(owner: Client): Promise<void> {
  const user = await currentUser(owner)
  try {
    for (const role of ROLES) {
      await createRole(owner, role)
      await allowToBecome(owner, role)
    }
  } catch (error) {
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error
    throw new RolesMissing(rolesSql(user))
  }
}

async function createRole(owner: Client, role: string): Promise<void> {
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role])
  if (rowCount) return
  await ignoreDuplicate(owner.query(`create role ${role} nologin nosuperuser nobypassrls nocreatedb nocreaterole`))
}

async function allowToBecome(owner: Client, role: string): Promise<void> {
  if (await canBecome(owner, role)) return
  await ignoreDuplicate(owner.query(`grant ${role} to current_user`))
}

async function canBecome(owner: Client, role: string): Promise<boolean> {
  try {
    await owner.query(`set role ${role}`)
  } catch (error) {
    if (codeOf(error) === INSUFFICIENT_PRIVILEGE) return false
    throw error
  }
  await owner.query('reset role')
  return true
}

async function ignoreDuplicate(statement: Promise<unknown>): Promise<void> {
  try {
    await statement
  } catch (error) {
    // Another database of this server was faster.
    if (codeOf(error) !== DUPLICATE_OBJECT && codeOf(error) !== UNIQUE_VIOLATION) throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof DatabaseError ? error.code : undefined
}

async function currentUser(owner: Client): Promise<{ user: string; database: string }> {
  const { rows } = await owner.query<{ user: string; database: string }>(
    'select quote_ident(current_user) as "user", quote_ident(current_database()) as database',
  )
  return rows[0] ?? { user: 'current_user', database: 'postgres' }
}

function rolesSql({ user, database }: { user: string; database: string }): string {
  return [
    `The user ${user} of DATABASE_URL may not make the roles that keep tenants apart. Let an administrator run:`,
    ...ROLES.map((role) => `  create role ${role} nologin nosuperuser nobypassrls;`),
    `  grant ${ROLES.join(', ')} to ${user};`,
    `  grant create on database ${database} to ${user};`,
  ].join('\n')
}
