import type { EventDescriptor } from '@billstream/event-sourcing-core'
import { fieldLines } from './event-shape'

/** The fields of each version of each event as they were agreed, by `Type@version`. */
export type EventRecord = ReadonlyMap<string, readonly string[]>

/** Reads a record: blocks of a head, `Type@version`, and its indented fields. Lines that begin with # are for people. */
export function parseRecord(text: string): EventRecord {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const record = new Map<string, string[]>()
  let fields: string[] = []
  for (const line of lines) {
    if (line.startsWith(INDENT)) fields.push(line.trim())
    else record.set(line.trim(), (fields = []))
  }
  return record
}

/** An event as its record must hold it. */
export function recordOf(event: EventDescriptor): string {
  return [headOf(event.type, event.version), ...fieldLines(event.schema).map((line) => INDENT + line)].join('\n')
}

/**
 * What would break readers of stored and published events: each problem with what to do. Recorded shapes are never edited:
 * another shape is another version, with an upcaster from each version before.
 */
export function incompatibilities(events: readonly EventDescriptor[], record: EventRecord): readonly string[] {
  return [...events.flatMap((event) => faultsOf(event, record)), ...lostTypes(events, record)]
}

function faultsOf(event: EventDescriptor, record: EventRecord): readonly string[] {
  const { type, version, upcasters } = event
  const earlier = Array.from({ length: version - 1 }, (_, index) => index + 1)
  return [
    ...changes(event, record),
    ...earlier
      .filter((each) => !(each in upcasters))
      .map((each) => `${headOf(type, each)} is stored, but nothing lifts it: write the upcaster from ${each}.`),
    ...earlier
      .filter((each) => !record.has(headOf(type, each)))
      .map((each) => `${headOf(type, each)} is stored, so it stays recorded beside version ${version}.`),
    ...(record.has(headOf(type, version + 1))
      ? [`${headOf(type, version + 1)} was published: no version goes back.`]
      : []),
  ]
}

function changes(event: EventDescriptor, record: EventRecord): readonly string[] {
  const head = headOf(event.type, event.version)
  const agreed = record.get(head)
  if (agreed === undefined)
    return [`${head} is not recorded. If it is meant so, add to the record:\n${recordOf(event)}`]
  const present = fieldLines(event.schema)
  const gone = agreed.filter((line) => !present.includes(line)).map((line) => `- ${line}`)
  const come = present.filter((line) => !agreed.includes(line)).map((line) => `+ ${line}`)
  if (gone.length + come.length === 0) return []
  const advice = `Make it version ${event.version + 1}, with an upcaster from ${event.version} and a stored sample.`
  return [[`${head} has another shape than what is stored. ${advice}`, ...gone, ...come].join('\n')]
}

function lostTypes(events: readonly EventDescriptor[], record: EventRecord): readonly string[] {
  const known = new Set(events.map(({ type }) => type))
  const lost = [...record.keys()].filter((head) => !known.has(head.split('@')[0] ?? ''))
  return lost.map((head) => `${head} is in no contract any more, so what is stored of it cannot be read.`)
}

function headOf(type: string, version: number): string {
  return `${type}@${version}`
}

const INDENT = '  '
