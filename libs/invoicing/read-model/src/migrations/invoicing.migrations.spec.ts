import { createViewSql } from '@billstream/persistence-postgres'
import { invoicingProjections } from '../index'
import { invoicingMigrations } from './invoicing.migrations'

const lines = (sql: string) => sql.trim().split(/\s*\n\s*/)

describe('the migrations of invoicing', () => {
  it.each(invoicingProjections)('make the table of $name as it is described', ({ view }) => {
    const table = `create table "${view.schema}"."${view.name}"`
    const last = invoicingMigrations.findLast(({ up }) => up.includes(table))
    expect(lines(last?.up ?? '')).toEqual(lines(createViewSql(view)))
  })
})
