import { Type } from '@sinclair/typebox'
import { defineEvent, EventRegistry } from '@billstream/event-sourcing-core'
import { MemoryPersonKeys } from '../memory/secrets.memory'
import { ensurePersonKeys } from './ensure-person-keys'

const Named = defineEvent(
  'Named',
  Type.Object({ personId: Type.String(), personal: Type.Object({ name: Type.String() }) }),
  { personalSubject: ({ personId }) => personId },
)
const Counted = defineEvent('Counted', Type.Object({ personId: Type.String() }))
const events = new EventRegistry([Named, Counted])
const organizationId = 'an organization'

describe('facts about persons', () => {
  it('have a key for each person once, which the append finds', async () => {
    const personKeys = new MemoryPersonKeys()
    const asked: string[] = []
    const counted = {
      ensure: (organization: string, subject: string) => {
        asked.push(subject)
        return personKeys.ensure(organization, subject)
      },
      find: personKeys.find.bind(personKeys),
      erase: personKeys.erase.bind(personKeys),
    }
    const facts = [
      Named({ personId: 'ada', personal: { name: 'Ada' } }),
      Named({ personId: 'ada', personal: { name: 'Ada L.' } }),
      Named({ personId: 'eve', personal: { name: 'Eve' } }),
      Counted({ personId: 'none' }),
    ]
    await ensurePersonKeys(facts, organizationId, { events, personKeys: counted })
    expect(asked).toEqual(['ada', 'eve'])
    expect([...(await personKeys.find(organizationId, ['ada', 'eve', 'none'])).keys()]).toEqual(['ada', 'eve'])
  })
})
