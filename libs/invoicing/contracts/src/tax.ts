import { Type } from '@sinclair/typebox'
import { defineSetting, Field } from '@billstream/event-sourcing-core'

const { id, text, orNull, decimal, boolean } = Field

/** Rate in percent: 20 = 20 %. */
export const Tax = defineSetting({
  name: 'Tax',
  context: 'invoicing',
  category: 'tax',
  fields: Type.Object({
    code: text,
    name: text,
    rate: decimal,
    description: orNull(text),
    category: orNull(text),
    appliedToOrganization: boolean,
  }),
  unique: ['code'],
  immutable: ['code'],
})

/** A tax on one object. `key` = `<type>:<object id>:<tax id>`, so the triple exists once. */
export const TaxApplication = defineSetting({
  name: 'TaxApplication',
  context: 'invoicing',
  category: 'tax-application',
  fields: Type.Object({ key: text, taxId: id, taxCode: text, taxableType: text, taxableId: id }),
  unique: ['key'],
  immutable: ['key', 'taxId', 'taxableType', 'taxableId'],
})
