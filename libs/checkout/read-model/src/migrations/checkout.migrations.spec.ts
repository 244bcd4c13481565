import { createViewSql } from '@billstream/persistence-postgres'
import { checkoutProjections } from '../index'
import { checkoutMigrations } from './checkout.migrations'

const lines = (sql: string) => sql.trim().split(/\s*\n\s*/)

describe('the migrations of checkout', () => {
  it.each(checkoutProjections)('make the table of $name as it is described', ({ view }) => {
    const table = `create table "${view.schema}"."${view.name}"`
    const last = checkoutMigrations.findLast(({ up }) => up.includes(table))
    expect(lines(last?.up ?? '')).toEqual(lines(createViewSql(view)))
  })
})
