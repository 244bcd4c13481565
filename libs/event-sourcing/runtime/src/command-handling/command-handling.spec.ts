import { Type } from '@sinclair/typebox'
import {
  defineSetting,
  EventRegistry,
  Field,
  settingDecider,
  type Command,
  type RecordedEvent,
} from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId, refuse } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { MemoryEventStore } from '../memory/event-store.memory'
import { MemoryPersonKeys } from '../memory/secrets.memory'
import { MemorySnapshots } from '../memory/snapshots.memory'
import type { Snapshots } from '../ports/snapshots.port'
import type { ViewProgress, ViewReader } from '../ports/views.port'
import { aggregate, type Gather } from '../service/service-definition'
import { CLAIM_IN_FLIGHT_MS, Claims, claimStream } from './claims'
import { CommandHandling } from './command-handling'
import { ClaimHeld, runtimeEvents } from './runtime-events'
import { SNAPSHOT_EVERY_EVENTS, StreamLoader } from './stream-loader'

const Badge = defineSetting({
  name: 'Badge',
  context: 'accounts',
  category: 'badge',
  fields: Type.Object({ code: Field.text, label: Field.text }),
  unique: ['code'],
})
const decider = settingDecider<{ code: string; label: string }>(Badge, {
  change: ({ label }) =>
    label === 'forbidden' ? refuse('label_forbidden', 'Not this one.', 'label') : { ok: true, value: 0 },
})
const registry = new EventRegistry([...runtimeEvents, Badge.Defined, Badge.Changed, Badge.Removed])
const id = (name: string) => derivedId('badge', name)

function makeHandling(snapshots: Snapshots = new MemorySnapshots(), clock = fixedClock()) {
  const eventStore = new MemoryEventStore(clock)
  const open = (gather: Readonly<Record<string, Gather>> = {}) =>
    new CommandHandling(
      {
        events: registry,
        eventStore,
        personKeys: new MemoryPersonKeys(),
        snapshots,
        clock,
        views: {} as ViewReader,
        viewProgress: {} as ViewProgress,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      },
      [aggregate(decider, gather)],
    )
  return { eventStore, clock, open, handling: open() }
}

let counter = 0
const metadata = (commandId = derivedId('command', (counter += 1))) => testMetadata({ commandId })
const define = (name: string, code: string, commandId?: string): Command =>
  Badge.Define({ id: id(name), fields: { code, label: name } }, metadata(commandId))
const change = (name: string, changes: { code?: string; label?: string }, commandId?: string): Command =>
  Badge.Change({ id: id(name), changes }, metadata(commandId))
const remove = (name: string): Command => Badge.Remove({ id: id(name) }, metadata())

async function eventsOf(store: MemoryEventStore, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of store.read(stream)) events.push(event)
  return events
}

describe('a command', () => {
  it('appends what was decided, with the metadata of the command', async () => {
    const { handling, eventStore } = makeHandling()
    const reply = await handling.handle(define('a', 'A'))
    const [event] = await eventsOf(eventStore, `badge-${id('a')}`)
    expect(reply).toMatchObject({
      ok: true,
      value: { id: id('a'), events: ['BadgeDefined'] },
      position: event?.position,
    })
    expect(event).toMatchObject({
      type: 'BadgeDefined',
      revision: 0,
      schemaVersion: 1,
      metadata: { occurredAt: testMetadata().now, commandType: 'DefineBadge' },
    })
  })

  it('that is refused appends nothing and is not remembered', async () => {
    const { handling, eventStore } = makeHandling()
    await handling.handle(define('a', 'A'))
    const refused = await handling.handle(change('a', { label: 'forbidden' }, derivedId('the-command')))
    expect(refused).toMatchObject({ ok: false, error: { code: 'label_forbidden', field: 'label' } })
    expect(await handling.handle(change('a', { label: 'fine' }, derivedId('the-command')))).toMatchObject({ ok: true })
    expect(await eventsOf(eventStore, `badge-${id('a')}`)).toHaveLength(2)
  })

  it('is refused only by what the stream holds now, also where another process has handled it meanwhile', async () => {
    const { handling, open, eventStore } = makeHandling()
    expect(await handling.handle(change('a', { label: 'x' }))).toMatchObject({ ok: false })
    const other = open()
    await other.handle(define('a', 'A'))
    expect(await handling.handle(change('a', { label: 'b' }))).toMatchObject({
      ok: true,
      value: { events: ['BadgeChanged'] },
    })
    await other.handle(change('a', { label: 'c' }))
    expect(await handling.handle(change('a', { label: 'b' }))).toMatchObject({
      ok: true,
      value: { events: ['BadgeChanged'] },
    })
    expect(await eventsOf(eventStore, `badge-${id('a')}`)).toHaveLength(4)
  })

  it('finds nothing on an object that another organization has made meanwhile elsewhere', async () => {
    const { handling, open } = makeHandling()
    const theirs = (command: Command) => ({
      ...command,
      metadata: { ...command.metadata, organizationId: derivedId('another organization') },
    })
    expect(await handling.handle(theirs(change('a', { label: 'x' })))).toMatchObject({ ok: false })
    await open().handle(define('a', 'A'))
    expect(await handling.handle(theirs(change('a', { label: 'stolen' })))).toMatchObject({
      ok: false,
      error: { code: 'object_not_found' },
    })
  })

  it('on an object of another organization finds nothing', async () => {
    const { handling, eventStore } = makeHandling()
    await handling.handle(define('a', 'A'))
    const theirs = change('a', { label: 'stolen' })
    const command = { ...theirs, metadata: { ...theirs.metadata, organizationId: derivedId('another organization') } }
    expect(await handling.handle(command)).toMatchObject({ ok: false, error: { code: 'object_not_found' } })
    expect(await eventsOf(eventStore, `badge-${id('a')}`)).toHaveLength(1)
  })

  it('past its expiry is not begun', async () => {
    const { handling, clock } = makeHandling()
    clock.moveTo('2026-01-01T00:00:11.000Z')
    const late = define('a', 'A')
    const command = { ...late, metadata: { ...late.metadata, expiresAt: '2026-01-01T00:00:10.000Z' } }
    expect(await handling.handle(command)).toMatchObject({ ok: false, error: { code: 'command_expired' } })
  })
})

describe('a command that creates', () => {
  it('reads nothing where its object is new', async () => {
    const { handling, eventStore } = makeHandling()
    const read = jest.spyOn(eventStore, 'read')
    expect(await handling.handle(define('a', 'A'))).toMatchObject({ ok: true })
    expect(read).not.toHaveBeenCalled()
  })

  it('is refused where its object is there', async () => {
    const { handling, open, eventStore } = makeHandling()
    await open().handle(define('a', 'A'))
    const [before] = await eventsOf(eventStore, `badge-${id('a')}`)
    expect(await handling.handle(define('a', 'A'))).toMatchObject({ ok: false, error: { code: 'badge_exists' } })
    expect(await eventsOf(eventStore, `badge-${id('a')}`)).toEqual([before])
  })

  it('and comes again after its facts have gone is still answered as before', async () => {
    const { open, eventStore } = makeHandling()
    const command = define('a', 'A')
    const first = await open({ [command.type]: () => Promise.resolve({ ok: true, value: 0 }) }).handle(command)
    const gone: Gather = () => Promise.resolve(refuse('plan_not_found', 'There is no such plan.'))
    expect(await open({ [command.type]: gone }).handle(command)).toEqual(first)
    expect(await open({ [command.type]: gone }).handle(define('b', 'B'))).toMatchObject({
      ok: false,
      error: { code: 'plan_not_found' },
    })
    expect(await eventsOf(eventStore, `badge-${id('a')}`)).toHaveLength(1)
  })
})

describe('a repeated command', () => {
  it.each(['the same process', 'another process'])('in %s gives the same answer and appends nothing', async (where) => {
    const { handling, open, eventStore } = makeHandling()
    const command = define('a', 'A')
    const first = await handling.handle(command)
    await handling.handle(change('a', { label: 'later' }))
    const again = await (where === 'another process' ? open() : handling).handle(command)
    expect(again).toEqual(first)
    expect(await eventsOf(eventStore, `badge-${id('a')}`)).toHaveLength(2)
  })

  it('is recognised from a snapshot', async () => {
    const { handling, open } = makeHandling()
    await handling.handle(define('a', 'A'))
    let last: Command = define('a', 'A')
    let answer: unknown
    for (let index = 0; index < SNAPSHOT_EVERY_EVENTS; index += 1) {
      last = change('a', { label: `label ${index}` })
      answer = await handling.handle(last)
    }
    expect(await open().handle(last)).toEqual(answer)
  })
})

describe('commands of two processes on one stream', () => {
  it('are decided again after a conflict', async () => {
    const { handling, open, eventStore } = makeHandling()
    await handling.handle(define('a', 'A'))
    const other = open()
    await other.handle(change('a', { label: 'theirs' }))
    expect(await handling.handle(change('a', { label: 'ours' }))).toMatchObject({ ok: true })
    expect((await eventsOf(eventStore, `badge-${id('a')}`)).map(({ data }) => data)).toMatchObject([
      {},
      { changes: { label: 'theirs' } },
      { changes: { label: 'ours' } },
    ])
  })
})

describe('a command that is refused where the stream is remembered from before', () => {
  it('is decided again on what another process has recorded since', async () => {
    const { open } = makeHandling()
    const [here, there] = [open(), open()]
    await here.handle(define('a', 'A'))
    await there.handle(remove('a'))
    // Here the badge still stands in memory: a second removal would be an effect, a change a refusal of its own.
    expect(await here.handle(change('a', { label: 'forbidden' }))).toMatchObject({
      ok: false,
      error: { code: 'badge_not_found' },
    })
  })
})

describe('a unique key', () => {
  it('that is held is refused, naming the field', async () => {
    const { handling } = makeHandling()
    await handling.handle(define('a', 'A'))
    expect(await handling.handle(define('b', 'A'))).toMatchObject({
      ok: false,
      error: { code: 'code_taken', field: 'code' },
    })
  })

  it('goes to exactly one of many', async () => {
    const { open } = makeHandling()
    const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => open().handle(define(`n${n}`, 'A'))))
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('is free at once when its owner is removed', async () => {
    const { handling } = makeHandling()
    await handling.handle(define('a', 'A'))
    await handling.handle(remove('a'))
    expect(await handling.handle(define('b', 'A'))).toMatchObject({ ok: true })
  })

  it('is free at once when its owner has changed it, and the new one is held', async () => {
    const { handling } = makeHandling()
    await handling.handle(define('a', 'A'))
    await handling.handle(change('a', { code: 'B' }))
    expect(await handling.handle(define('b', 'B'))).toMatchObject({ ok: false })
    expect(await handling.handle(define('c', 'A'))).toMatchObject({ ok: true })
  })

  it('that has gone to another is not given to a repeat of the command that once took it', async () => {
    const { handling, eventStore, clock } = makeHandling()
    const first = define('a', 'A')
    await handling.handle(first)
    await handling.handle(change('a', { code: 'B' }))
    await handling.handle(define('b', 'A'))
    const loader = new StreamLoader(eventStore, new MemorySnapshots())
    const claims = new Claims(eventStore, loader, clock, () => decider)
    expect(await claims.take({ kind: 'badge-code', key: 'A' }, first, `badge-${id('a')}`)).toBe(false)
  })

  it('may be the same in another organization', async () => {
    const { handling } = makeHandling()
    await handling.handle(define('a', 'A'))
    const theirs = define('b', 'A')
    const command = { ...theirs, metadata: { ...theirs.metadata, organizationId: derivedId('another organization') } }
    expect(await handling.handle(command)).toMatchObject({ ok: true })
  })

  describe('whose creation never finished', () => {
    const slow = define('slow', 'A', derivedId('slow command'))
    async function claimed() {
      const made = makeHandling()
      const claim = claimStream({ kind: 'badge-code', key: 'A' }, slow.metadata.organizationId)
      const held = ClaimHeld({
        kind: 'badge-code',
        ownerStream: `badge-${id('slow')}`,
        commandId: slow.metadata.commandId,
        at: made.clock.now(),
      })
      await made.eventStore.append(claim, 'no-stream', [
        { ...held, id: derivedId('x'), schemaVersion: 1, metadata: { ...slow.metadata, occurredAt: made.clock.now() } },
      ])
      return made
    }

    it('is respected while it may still be running', async () => {
      const { handling, clock } = await claimed()
      clock.advance(CLAIM_IN_FLIGHT_MS / 1000 - 1)
      expect(await handling.handle(define('b', 'A'))).toMatchObject({ ok: false, error: { code: 'code_taken' } })
    })

    it('is taken over afterwards, and the slow creator then fails', async () => {
      const { handling, open, clock } = await claimed()
      clock.advance(CLAIM_IN_FLIGHT_MS / 1000 + 1)
      expect(await handling.handle(define('b', 'A'))).toMatchObject({ ok: true })
      expect(await open().handle(slow)).toMatchObject({ ok: false, error: { code: 'creation_abandoned' } })
    })
  })
})
