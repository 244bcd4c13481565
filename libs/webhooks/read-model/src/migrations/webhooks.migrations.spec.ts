import { createViewSql } from '@billstream/persistence-postgres'
import { webhooksProjections } from '../index'
import { webhooksMigrations } from './webhooks.migrations'

const lines = (sql: string) => sql.trim().split(/\s*\n\s*/)

describe('the migrations of webhooks', () => {
  it.each(webhooksProjections)('make the table of $name as it is described', ({ view }) => {
    const table = `create table "${view.schema}"."${view.name}"`
    const last = webhooksMigrations.findLast(({ up }) => up.includes(table))
    expect(lines(last?.up ?? '')).toEqual(lines(createViewSql(view)))
  })
})
