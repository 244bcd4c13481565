import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defineEvent, EventRegistry, Field, type EventDescriptor } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { runtimeEvents } from '@billstream/event-sourcing-runtime'
import { Type, type TObject } from '@sinclair/typebox'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import { incompatibilities, parseRecord, recordOf, type EventRecord } from '../test/event-record'
import { fieldLines } from '../test/event-shape'
import { eventsByContext } from './event-registry'

const ROOT = resolve(__dirname, '../../..')

/** Each list of events with the folder that holds its record and samples. */
const LISTS: readonly (readonly [string, readonly EventDescriptor[]])[] = [
  ['libs/event-sourcing/runtime/src/command-handling', runtimeEvents],
  ...Object.entries(eventsByContext)
    .filter(([, events]) => events.length > 0)
    .map(([context, events]) => [`libs/${context}/contracts/src`, events] as const),
]

function kebab(type: string): string {
  return type.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase()
}

describe.each(LISTS)('the events of %s', (folder, events) => {
  it('have the shapes of their record, events.txt', () => {
    const record = parseRecord(readFileSync(join(ROOT, folder, 'events.txt'), 'utf8'))
    expect(incompatibilities(events, record).join('\n\n')).toBe('')
  })

  it('can be read in all their versions: each earlier one has a sample, and that becomes the present shape', () => {
    const ajv = addFormats(new Ajv({ strict: false }))
    const registry = new EventRegistry(events)
    const earlier = events.flatMap((event) =>
      Array.from({ length: event.version - 1 }, (_, n) => ({ event, version: n + 1 })),
    )
    const faults = earlier.flatMap(({ event, version }) => {
      const sample = join(ROOT, folder, `samples/${kebab(event.type)}.v${version}.json`)
      if (!existsSync(sample)) return [`${sample} is missing.`]
      const stored = recorded({ type: event.type, data: JSON.parse(readFileSync(sample, 'utf8')) as unknown })
      const lifted = registry.upcast({ ...stored, schemaVersion: version })
      return ajv.validate(event.schema, lifted.data) ? [] : [`${sample}: ${ajv.errorsText()}`]
    })
    expect(faults).toEqual([])
  })
})

const fields = { invoiceId: Field.id, note: Type.Optional(Field.text), total: Field.minor }
const same = (data: Record<string, unknown>) => data

function paid(
  members: TObject['properties'],
  version = 1,
  upcasters: EventDescriptor['upcasters'] = {},
): EventDescriptor {
  return defineEvent('InvoicePaid', Type.Object(members), { version, upcasters })
}

function agreedOn(...events: EventDescriptor[]): EventRecord {
  return parseRecord(events.map(recordOf).join('\n\n'))
}

describe('a change of an event', () => {
  const record = agreedOn(paid(fields))

  it('is none when only a description changes', () =>
    expect(incompatibilities([paid({ ...fields, total: { ...Field.minor, description: 'cents' } })], record)).toEqual(
      [],
    ))

  it.each([
    ['a changed field', { ...fields, total: Field.decimal }, '- total: string /^-?\\d{1,18}$/'],
    ['a removed field', { invoiceId: Field.id, total: Field.minor }, '- note?: string'],
    ['a renamed field', { id: Field.id, note: fields.note, total: Field.minor }, '+ id: uuid'],
    ['a further field', { ...fields, paidAt: Field.instant }, '+ paidAt: date-time'],
    ['a field that must be there now', { ...fields, note: Field.text }, '+ note: string'],
    [
      'a field that may be null now',
      { ...fields, total: Field.orNull(Field.minor) },
      '+ total: string /^-?\\d{1,18}$/ | null',
    ],
  ])('is caught without a new version: %s', (_what, members, line) => {
    const [problem, ...others] = incompatibilities([paid(members)], record)
    expect(others).toEqual([])
    expect(problem).toContain('Make it version 2, with an upcaster from 1 and a stored sample.')
    expect(problem?.split('\n')).toContain(line)
  })

  it('is caught deep inside, in lists and in one of several shapes', () => {
    const line = (rate: typeof Field.decimal) =>
      Type.Array(Type.Union([Type.Object({ rate }), Type.Object({ amount: Field.minor }), Type.Null()]))
    const before = agreedOn(paid({ lines: line(Field.decimal) }))
    const problems = incompatibilities([paid({ lines: line(Type.String({ maxLength: 4 })) })], before)
    expect(problems.join('\n').split('\n')).toContain('+ lines[](1).rate: string maxLength=4')
  })

  it('is caught when its version is raised without an upcaster', () => {
    const changed = paid({ ...fields, paidAt: Field.instant }, 2)
    expect(incompatibilities([changed], agreedOn(paid(fields), changed))).toEqual([
      'InvoicePaid@1 is stored, but nothing lifts it: write the upcaster from 1.',
    ])
  })

  it('is caught when its new version is not recorded, with what to record', () => {
    const changed = paid({ ...fields, paidAt: Field.instant }, 2, { 1: same })
    expect(incompatibilities([changed], record)).toEqual([expect.stringContaining(recordOf(changed))])
  })

  it('is caught when the version before is taken out of the record', () => {
    const changed = paid({ ...fields, paidAt: Field.instant }, 2, { 1: same })
    expect(incompatibilities([changed], agreedOn(changed))).toEqual([
      'InvoicePaid@1 is stored, so it stays recorded beside version 2.',
    ])
  })

  it('is caught when the event or its version goes away', () => {
    expect(incompatibilities([], record)).toEqual([expect.stringContaining('InvoicePaid@1 is in no contract any more')])
    const later = agreedOn(paid(fields), paid({ ...fields, paidAt: Field.instant }, 2))
    expect(incompatibilities([paid(fields)], later)).toEqual(['InvoicePaid@2 was published: no version goes back.'])
  })

  it('is allowed as a new version with an upcaster, recorded beside the old one', () => {
    const changed = paid({ ...fields, paidAt: Field.instant }, 2, { 1: same })
    expect(incompatibilities([changed], agreedOn(paid(fields), changed))).toEqual([])
  })
})

describe('the record of a shape', () => {
  it('names each field with its type', () =>
    expect(
      fieldLines(
        Type.Object({
          status: Type.Union([Type.Literal('open'), Type.Literal('paid')]),
          fees: Type.Array(Type.Object({ amount: Field.minor })),
          extras: Field.object,
        }),
      ),
    ).toEqual([
      'status: "open" | "paid"',
      'fees: array',
      'fees[]: object',
      'fees[].amount: string /^-?\\d{1,18}$/',
      'extras: object',
      'extras.{}: anything',
    ]))
})
