import { CONTEXTS, defineEvent, type Context, type EventDescriptor } from '@billstream/event-sourcing-core'
import { Type } from '@sinclair/typebox'
import { asyncApiDocument } from './async-api-document'

const Greeted = defineEvent('Greeted', Type.Object({ greeting: Type.String() }))
const Moved = defineEvent('Moved', Type.Object({ to: Type.String() }), {
  version: 3,
  upcasters: { 1: (data) => data, 2: (data) => data },
})
const Whispered = defineEvent('Whispered', Type.Object({ secret: Type.String() }), { internal: true })
const Introduced = defineEvent(
  'Introduced',
  Type.Object({ customerId: Type.String(), personal: Type.Union([Type.Object({ name: Type.String() }), Type.Null()]) }),
  { personalSubject: ({ customerId }) => customerId },
)

function documentOf(accounts: readonly EventDescriptor[]) {
  const none = Object.fromEntries(CONTEXTS.map((context) => [context, []])) as unknown as Record<Context, []>
  return asyncApiDocument({ version: '1.2.3', eventsByContext: { ...none, accounts } })
}

describe('the AsyncAPI document', () => {
  it('has a channel for each context that publishes', () =>
    expect(documentOf([Greeted])['channels']).toEqual({
      accounts: expect.objectContaining({
        address: 'billstream.events.accounts',
        messages: { Greeted: { $ref: '#/components/messages/Greeted' } },
      }) as unknown,
    }))

  it('says which version an event has, and which it had', () => {
    const document = documentOf([Greeted, Moved])
    expect(document).toHaveProperty('components.messages.Greeted', expect.objectContaining({ 'x-earlier-types': [] }))
    expect(document).toHaveProperty(
      'components.messages.Moved',
      expect.objectContaining({
        name: 'billstream.Moved.v3',
        'x-version': 3,
        'x-earlier-types': ['billstream.Moved.v1', 'billstream.Moved.v2'],
      }),
    )
  })

  it('leaves internal events out', () =>
    expect(JSON.stringify(documentOf([Greeted, Whispered]))).not.toMatch(/Whispered|secret/))

  it('leaves personal members out', () =>
    expect(documentOf([Introduced])).toHaveProperty('components.schemas.Introduced', {
      type: 'object',
      required: ['customerId'],
      properties: { customerId: { type: 'string' } },
    }))
})
