import { EventRegistry } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { Value } from '@sinclair/typebox/value'
import { FormatRegistry } from '@sinclair/typebox'
import { PaymentFailed } from './payment'
import sample from './samples/payment-failed.v1.json'

FormatRegistry.Set('uuid', (text) => /^[0-9a-f-]{36}$/.test(text))

describe('PaymentFailed as it was stored in version 1', () => {
  const lifted = new EventRegistry([PaymentFailed]).upcast(recorded({ type: 'PaymentFailed', data: sample }))

  it('is read as the present version', () =>
    expect(lifted).toMatchObject({ schemaVersion: 2, data: { ...sample, providerPaymentId: null } }))
  it('has the present shape', () => expect([...Value.Errors(PaymentFailed.schema, lifted.data)]).toEqual([]))
})
