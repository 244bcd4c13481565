import { createHash } from 'node:crypto'
import type { ViewDefinition } from '@billstream/event-sourcing-core'
import { APP_ROLE, WORKER_ROLE } from '../database/roles'
import { quoted, viewTable } from './view-table'

const IDENTIFIER_LENGTH_MAX = 63

/**
 * The SQL that makes a view's table from its definition: columns, key, indexes, row-level security and rights.
 * Rows are derived from events, so the statement may be repeated for a changed definition, in a new migration: it drops the
 * old table and the checkpoint of the projection that filled it, which then builds the view anew.
 * Runs after `viewMigrations`. Every index begins with the organization and ends with the id, as every query does.
 */
export function createViewSql(view: ViewDefinition): string {
  const table = viewTable(view)
  const columns = table.columns.map(({ sql, kind, type, nullable }) => {
    // Byte order, so that PostgreSQL and memory sort alike whatever the server's language is.
    return `  ${sql} ${type}${kind === 'text' ? ' collate "C"' : ''}${nullable ? '' : ' not null'}`
  })
  return `
create schema if not exists ${quoted(view.schema)};
grant usage on schema ${quoted(view.schema)} to ${APP_ROLE}, ${WORKER_ROLE};
drop table if exists ${table.sql};
delete from projections.checkpoints where view = '${table.label}';
create table ${table.sql} (
${columns.join(',\n')},
  primary key (id)
);
${indexesOf(view)
  .map(({ name, columns }) => `create index ${quoted(name)} on ${table.sql} (${columns.map(quoted).join(', ')});`)
  .join('\n')}
alter table ${table.sql} enable row level security;
alter table ${table.sql} force row level security;
create policy tenant on ${table.sql} for select to ${APP_ROLE}
  using (organization_id = current_setting('app.organization', true));
create policy worker on ${table.sql} to ${WORKER_ROLE} using (true) with check (true);
grant select on ${table.sql} to ${APP_ROLE};
grant select, insert, update, delete, truncate on ${table.sql} to ${WORKER_ROLE};
`
}

/** The SQL that gives the table of one view, with its key and indexes, the names of another one of the same form, whose table is gone. */
export function renameViewSql(from: ViewDefinition, to: ViewDefinition): string {
  const names = indexesOf(to).map(({ name }) => name)
  const schema = quoted(to.schema)
  return [
    `alter table ${viewTable(from).sql} rename to ${quoted(to.name)}`,
    `alter index ${schema}.${quoted(keyName(from))} rename to ${quoted(keyName(to))}`,
    ...indexesOf(from).map(
      ({ name }, index) => `alter index ${schema}.${quoted(name)} rename to ${quoted(names[index] ?? name)}`,
    ),
  ].join(';\n')
}

/** As PostgreSQL names it, which cuts the name of the table where both together are too long. */
function keyName({ name }: ViewDefinition): string {
  const suffix = '_pkey'
  return `${name.slice(0, IDENTIFIER_LENGTH_MAX - suffix.length)}${suffix}`
}

/** The indexes of a view beside its primary key: one for lists, one for each searched set of columns. */
export function indexesOf(view: ViewDefinition): { name: string; columns: string[] }[] {
  const searched = [[], ...view.indexes.map((columns) => [...columns])]
  return searched.map((columns) => ({
    name: indexName(view, columns),
    columns: ['organization_id', ...columns, ...(columns.includes('id') ? [] : ['id'])],
  }))
}

function indexName(view: ViewDefinition, columns: readonly string[]): string {
  const name = [view.name, ...columns, 'idx'].join('_')
  if (name.length <= IDENTIFIER_LENGTH_MAX) return name
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 10)
  return `${name.slice(0, IDENTIFIER_LENGTH_MAX - digest.length - 1)}_${digest}`
}
