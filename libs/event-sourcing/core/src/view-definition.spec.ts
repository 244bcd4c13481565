import { col } from './view-definition'

describe('a column that says something of a person', () => {
  it('stays one, whether it may be empty or not', () => {
    expect(col.personal(col.nullable(col.text))).toEqual({ kind: 'text', nullable: true, personal: true })
    expect(col.nullable(col.personal(col.text))).toEqual({ kind: 'text', nullable: true, personal: true })
  })
})
