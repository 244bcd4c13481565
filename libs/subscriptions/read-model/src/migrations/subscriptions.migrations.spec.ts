import { createViewSql } from '@billstream/persistence-postgres'
import { subscriptionsProjections } from '../index'
import { subscriptionsMigrations } from './subscriptions.migrations'

const lines = (sql: string) => sql.trim().split(/\s*\n\s*/)

describe('the migrations of subscriptions', () => {
  it.each(subscriptionsProjections)('make the table of $name as it is described', ({ view }) => {
    const table = `create table "${view.schema}"."${view.name}"`
    const last = subscriptionsMigrations.findLast(({ up }) => up.includes(table))
    expect(lines(last?.up ?? '')).toEqual(lines(createViewSql(view)))
  })
})
