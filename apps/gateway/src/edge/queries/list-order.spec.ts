import { orderOf, sameNames } from './list-order'

const sortable = sameNames('created_at', 'name')

describe('the order of a list', () => {
  it.each([
    [undefined, 'created_at', 'desc'],
    ['', 'created_at', 'desc'],
    ['name', 'name', 'asc'],
    ['name:asc', 'name', 'asc'],
    ['name:desc', 'name', 'desc'],
    ['name:sideways', 'name', 'desc'],
    ['unknown:asc', 'created_at', 'desc'],
    ['constructor', 'created_at', 'desc'],
  ])('%s', (orderBy, column, direction) => expect(orderOf(orderBy, sortable)).toEqual({ column, direction }))
})
