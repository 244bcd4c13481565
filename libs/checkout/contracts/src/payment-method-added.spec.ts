import { EventRegistry } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { FormatRegistry } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { PaymentMethodAdded } from './payment-method'
import sample from './samples/payment-method-added.v1.json'

FormatRegistry.Set('uuid', (text) => /^[0-9a-f-]{36}$/.test(text))

describe('PaymentMethodAdded as it was stored in version 1, with its details in clear', () => {
  const lifted = new EventRegistry([PaymentMethodAdded]).upcast(recorded({ type: 'PaymentMethodAdded', data: sample }))
  const { details, ...method } = sample.method

  it('is read as the present version: the details are personal', () =>
    expect(lifted).toMatchObject({ schemaVersion: 2, data: { ...sample, method, personal: { details } } }))
  it('holds them nowhere else', () => expect(lifted.data).not.toHaveProperty('method.details'))
  it('has the present shape', () => expect([...Value.Errors(PaymentMethodAdded.schema, lifted.data)]).toEqual([]))
})
