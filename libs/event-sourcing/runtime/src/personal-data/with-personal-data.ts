import type { EventRegistry, NewEvent, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import { ok } from '@billstream/kernel'
import { mapBatches } from '../event-store/map-batches'
import type { EventStore, ExpectedRevision, StreamId } from '../ports/event-store.port'
import type { PersonKeys } from '../ports/secrets.port'
import { personalSubjectOf, type PersonalMember } from './personal-subject'
import { openJson, sealJson } from './sealed-json'

type SubscribeOptions = Parameters<EventStore['subscribe']>[1]
type ReadOptions = Parameters<EventStore['read']>[1]
type AppendResult = Awaited<ReturnType<EventStore['append']>>

/**
 * A store that keeps the member `personal` of events with a `personalSubject` encrypted under the subject's key, and gives
 * it back in clear; null once the key was erased. What is appended for an erased person is stored as null.
 * The event's id is authenticated with the text. The subject is taken from the data as it was written, so the members that
 * name it keep their names in every version. Throws when a sealed text was tampered with. Source: architecture.md, section 9.
 */
export function withPersonalData(store: EventStore, registry: EventRegistry, personKeys: PersonKeys): EventStore {
  const personalData = new PersonalData(registry, personKeys)
  return {
    append: (stream, expected, events) => appendSealed(store, personalData, { stream, expected, events }),
    read: (stream: StreamId, options?: ReadOptions) => openEach(store.read(stream, options), personalData),
    subscribe: (from: Position, options?: SubscribeOptions) =>
      mapBatches(store.subscribe(from, options), (events) => personalData.open(events)),
    head: () => store.head(),
    count: (from, options) => store.count(from, options),
    close: () => store.close(),
  }
}

async function appendSealed(
  store: EventStore,
  personalData: PersonalData,
  { stream, expected, events }: { stream: StreamId; expected: ExpectedRevision; events: readonly NewEvent[] },
): Promise<AppendResult> {
  if (!events.some((event) => personalData.subjectOf(event) !== undefined))
    return store.append(stream, expected, events)
  const sealed = await Promise.all(events.map((event) => personalData.seal(event)))
  const result = await store.append(stream, expected, sealed)
  return result.ok ? ok({ ...result.value, events: await personalData.open(result.value.events) }) : result
}

async function* openEach(
  events: AsyncIterable<RecordedEvent>,
  personalData: PersonalData,
): AsyncIterable<RecordedEvent> {
  for await (const event of events) yield* await personalData.open([event])
}

class PersonalData {
  /** Of events that are read by several subscribers from one memory: none but the first has to decrypt. */
  private readonly cleared = new WeakMap<RecordedEvent, { readonly key: Buffer; readonly event: RecordedEvent }>()

  constructor(
    private readonly registry: EventRegistry,
    private readonly personKeys: PersonKeys,
  ) {}

  /** Whose data an event carries; undefined when it carries none. */
  subjectOf(event: NewEvent): string | undefined {
    return personalSubjectOf(event, this.registry)
  }

  async seal(event: NewEvent): Promise<NewEvent> {
    const subject = this.subjectOf(event)
    if (subject === undefined) return event
    const key = await this.personKeys.ensure(event.metadata.organizationId, subject)
    const data = event.data as PersonalMember
    const personal = key ? { sealed: sealJson(data.personal, key, event.id) } : null
    return { ...event, data: { ...data, personal } }
  }

  /** All events in clear; asks for the keys of each organization once. */
  async open(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    const sealed = events.filter((event) => this.subjectOf(event) !== undefined)
    if (sealed.length === 0) return events
    const keys = await this.keysOf(sealed)
    return events.map((event) => {
      const subject = this.subjectOf(event)
      return subject === undefined ? event : this.opened(event, keys.get(event.metadata.organizationId)?.get(subject))
    })
  }

  /** With the key at hand: what was cleared is of no use without it, so an erased person is forgotten here as well. */
  private opened(event: RecordedEvent, key: Buffer | undefined): RecordedEvent {
    if (!key) return opened(event, undefined)
    const known = this.cleared.get(event)
    if (known?.key === key) return known.event
    const cleared = opened(event, key)
    this.cleared.set(event, { key, event: cleared })
    return cleared
  }

  private async keysOf(events: readonly RecordedEvent[]): Promise<Map<string, ReadonlyMap<string, Buffer>>> {
    const subjects = new Map<string, Set<string>>()
    for (const event of events) {
      const { organizationId } = event.metadata
      const ofOrganization = subjects.get(organizationId) ?? new Set()
      subjects.set(organizationId, ofOrganization.add(this.subjectOf(event) ?? ''))
    }
    const found = [...subjects].map(async ([organizationId, each]): Promise<[string, ReadonlyMap<string, Buffer>]> => [
      organizationId,
      await this.personKeys.find(organizationId, [...each]),
    ])
    return new Map(await Promise.all(found))
  }
}

function opened(event: RecordedEvent, key: Buffer | undefined): RecordedEvent {
  const data = event.data as PersonalMember
  const { sealed } = data.personal as { sealed?: unknown }
  // Written before the event was declared personal: it is in clear.
  if (typeof sealed !== 'string') return event
  return { ...event, data: { ...data, personal: key ? openJson(sealed, key, event.id) : null } }
}
