import type { ViewDefinition } from '@billstream/event-sourcing-core'
import type { Queries } from '../database/queries'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { indexesOf } from './view-schema'
import { viewTable } from './view-table'

const COLUMNS = `
  select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when c.collname is null then '' else ' collate ' || c.collname end
      || case when a.attnotnull then ' not null' else '' end as line
    from pg_attribute a
    left join pg_collation c on c.oid = a.attcollation
   where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
   order by a.attnum`
const INDEXES = `
  select case when i.indisprimary then 'primary key' else 'index' end || ' (' || string_agg(a.attname, ', ' order by k.place) || ')'
      as line
    from pg_index i
    cross join unnest(i.indkey::int[]) with ordinality as k (attnum, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
   where i.indrelid = to_regclass($1)
   group by i.indexrelid, i.indisprimary`
const SECURITY = `
  select 'row level security' || case when relforcerowsecurity then ', forced' else '' end as line
    from pg_class where oid = to_regclass($1) and relrowsecurity
  union all
  select 'policy for ' || cmd || ' to ' || array_to_string(roles, ', ') || ' using ' || coalesce(qual, '-')
      || ' with check ' || coalesce(with_check, '-')
    from pg_policies where schemaname || '.' || tablename = $2`
const RIGHTS = `
  select role || ' may ' || string_agg(privilege, ', ' order by privilege) as line
    from unnest($2::text[]) role
    cross join unnest(array['delete', 'insert', 'select', 'truncate', 'update']) privilege
   where to_regclass($1) is not null and has_table_privilege(role, to_regclass($1), privilege)
   group by role`

/**
 * How a migrated table differs from its view's definition: columns, key, indexes, row-level security and rights.
 * A line for each difference, `missing: ...` or `unexpected: ...`; none when they agree. For the tests of read models.
 */
export async function checkView(db: Queries, view: ViewDefinition): Promise<string[]> {
  const table = viewTable(view)
  const results = await db.group([
    { text: COLUMNS, values: [table.sql] },
    { text: INDEXES, values: [table.sql] },
    { text: SECURITY, values: [table.sql, table.label] },
    { text: RIGHTS, values: [table.sql, [APP_ROLE, WORKER_ROLE]] },
  ])
  const actual = results.flatMap(({ rows }) => rows.map((row) => String(row['line'])))
  const expected = expectedLines(view)
  return [
    ...expected.filter((line) => !actual.includes(line)).map((line) => `missing: ${table.label}: ${line}`),
    ...actual.filter((line) => !expected.includes(line)).map((line) => `unexpected: ${table.label}: ${line}`),
  ]
}

function expectedLines(view: ViewDefinition): string[] {
  return [
    ...viewTable(view).columns.map(
      ({ name, kind, type, nullable }) =>
        `${name} ${type}${kind === 'text' ? ' collate C' : ''}${nullable ? '' : ' not null'}`,
    ),
    'primary key (id)',
    ...indexesOf(view).map(({ columns }) => `index (${columns.join(', ')})`),
    'row level security, forced',
    `policy for SELECT to ${APP_ROLE} using (organization_id = current_setting('app.organization'::text, true)) with check -`,
    `policy for ALL to ${WORKER_ROLE} using true with check true`,
    `${APP_ROLE} may select`,
    `${WORKER_ROLE} may delete, insert, select, truncate, update`,
  ]
}
