import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import officialSchema from '@asyncapi/specs/schemas/3.0.0.json'
import { InvoiceFinalized, InvoicePaid } from '@billstream/invoicing-contracts'
import { CustomerCreated } from '@billstream/accounts-contracts'
import { PaymentFailed } from '@billstream/checkout-contracts'
import type { EventDescriptor } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { asyncApiDocument, toCloudEvent, type CloudEvent } from '@billstream/messaging'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import { eventRegistry, eventsByContext } from './event-registry'

const SAMPLES = resolve(__dirname, '../../../examples/subscriber/sample-events.json')
const ID = '5f0e5a0e-5c0a-5b5e-8a53-0d9d1a7b9c01'
const INSTANT = '2026-04-01T00:00:00.000Z'

const document = asyncApiDocument({ version: '1.0.0', eventsByContext })

/** What AsyncAPI's own schema has against a document. */
function faultsOf(value: unknown): readonly string[] {
  // It brings the schema of JSON Schema with it.
  const ajv = addFormats(new Ajv({ strict: false, meta: false, validateSchema: false }))
  const validate = ajv.compile(officialSchema)
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What the document has against a message. */
function faultsOfMessage(event: EventDescriptor, message: unknown): readonly string[] {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }))
  ajv.addSchema(document, 'document')
  const validate = ajv.compile({ $ref: `document#/components/messages/${event.type}/payload` })
  // As it is on the wire.
  validate(JSON.parse(JSON.stringify(message)))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

function published(event: EventDescriptor, data: unknown): CloudEvent {
  const fact = recorded({ type: event.type, data }, { stream: `invoice-${ID}`, revision: 4 })
  return toCloudEvent({ ...fact, schemaVersion: event.version }, event)
}

describe('the AsyncAPI document of the platform', () => {
  it('is one by the schema of AsyncAPI 3.0', () => expect(faultsOf(document)).toEqual([]))

  it('would not be one with an operation on nothing', () =>
    expect(faultsOf({ ...document, operations: { publish: { action: 'shout' } } })).not.toEqual([]))

  it('has every event but the internal ones', () => {
    const { messages } = document['components'] as { messages: Record<string, unknown> }
    const wanted = eventRegistry.all().filter(({ internal }) => !internal)
    expect(Object.keys(messages).sort()).toEqual(wanted.map(({ type }) => type).sort())
  })

  it('describes what is published', () => {
    const paid = { invoiceId: ID, paidAt: INSTANT, paymentId: null, feeIds: [ID] }
    expect(faultsOfMessage(InvoicePaid, published(InvoicePaid, paid))).toEqual([])
    const failed = { paymentId: ID, invoiceId: ID, attempt: 1, reason: 'fraud', providerPaymentId: null }
    expect(faultsOfMessage(PaymentFailed, published(PaymentFailed, failed))).toEqual([])
  })

  it('describes the samples that subscribers are shown', () => {
    const samples = JSON.parse(readFileSync(SAMPLES, 'utf8')) as { type: string }[]
    const faults = samples.map((sample) => faultsOfMessage(eventRegistry.get(sample.type.split('.')[1] ?? ''), sample))
    expect(faults).toEqual([[], []])
  })

  it('describes it without what is personal', () => {
    const customer = {
      ...{ customerId: ID, externalId: 'ada', testClockId: null, currency: null, timezone: null },
      ...{ invoiceGracePeriodDays: null, netPaymentTermDays: null },
      personal: { name: 'Ada', email: null, billingMetadata: {} },
    }
    const message = published(CustomerCreated, customer)
    expect(faultsOfMessage(CustomerCreated, message)).toEqual([])
    expect(JSON.stringify(message)).not.toContain('Ada')
    expect(JSON.stringify(document)).not.toContain('"personal"')
  })

  it('refuses what is not as described', () => {
    const cloudEvent = published(InvoiceFinalized, { invoiceId: 1 })
    expect(faultsOfMessage(InvoiceFinalized, cloudEvent)).toContain('/data/invoiceId must be string')
    expect(faultsOfMessage(InvoicePaid, cloudEvent)).toContain('/type must be equal to constant')
  })
})
