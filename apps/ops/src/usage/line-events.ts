import { storableText } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { USAGE_NAME_CHARACTERS_MAX, USAGE_PROPERTIES_BYTES_MAX, type IngestEvent } from '@billstream/usage-contracts'
import { eventKeys, type EventMapping } from './event-mapping'
import type { InputLine } from './input-line'

/** An event as its line gives it, still without the time at which it came. */
export type LineEvent = Omit<IngestEvent, 'createdAt'>

/** Why an event was not taken. code: as over HTTP, or of the file. */
export interface LineRefusal {
  readonly line: number
  /** The metric's code; empty when the whole line is refused. */
  readonly event: string
  readonly code: string
  readonly field: string
  readonly message: string
}

export type EventsOfLine = (line: InputLine) => readonly (LineEvent | LineRefusal)[]

export function isRefusal(event: LineEvent | LineRefusal): event is LineRefusal {
  return 'message' in event
}

export interface MappedLines {
  readonly customer: string
  /** Empty: for every subscription of the customer. */
  readonly subscription: string
  readonly timeColumn: string
  readonly transactionColumn: string | undefined
  /** Whether the code is added to the column's id, as several events of one line need. */
  readonly codeInId: boolean
  /** Tells files apart whose lines may be the same. */
  readonly source: string
  readonly events: readonly EventMapping[]
}

/**
 * The events of a line by the operator's mapping. Where no column names the transaction, its id is derived from the line's
 * content and number, the customer and the event: the same file counts once, also when lines were added to it, and two equal
 * lines are two.
 */
export function mappedEvents(mapping: MappedLines): EventsOfLine {
  const keys = eventKeys(mapping.events)
  return (line) =>
    mapping.events.map(({ code, fields }, index) => {
      const key = keys[index] ?? code
      const transactionId = transactionOf(line, key, mapping)
      if (transactionId === undefined) return refusal(line, code, mapping.transactionColumn ?? '', 'missing')
      const timestamp = line.text(mapping.timeColumn)
      if (timestamp === undefined) return refusal(line, code, mapping.timeColumn, 'missing')
      const members = fields.flatMap(({ field, column }) => {
        const value = line.json(column)
        return value === undefined ? [] : [`${JSON.stringify(field)}:${value}`]
      })
      return checked(line, {
        transactionId,
        externalCustomerId: mapping.customer,
        externalSubscriptionId: mapping.subscription,
        code,
        timestamp,
        properties: `{${members.join(',')}}`,
      })
    })
}

function transactionOf(line: InputLine, key: string, mapping: MappedLines): string | undefined {
  const { transactionColumn, codeInId, customer, source } = mapping
  if (transactionColumn === undefined) return derivedId('usage-import', source, customer, line.line, line.content, key)
  const given = line.text(transactionColumn)
  // Never by how many events there are: the same event would come in again once another is asked for beside it.
  return given === undefined || !codeInId ? given : `${given}:${key}`
}

/** The columns of an exported file, which can be imported as it is. */
export const EXPORTED_COLUMNS = [
  'transaction_id',
  'external_customer_id',
  'external_subscription_id',
  'code',
  'timestamp',
  'properties',
] as const

/** The one event of a line of an exported file. */
export const exportedEvents: EventsOfLine = (line) => {
  const code = line.text('code') ?? ''
  for (const column of ['transaction_id', 'external_customer_id', 'code', 'timestamp']) {
    if (line.text(column) === undefined) return [refusal(line, code, column, 'missing')]
  }
  return [
    checked(line, {
      transactionId: line.text('transaction_id') ?? '',
      externalCustomerId: line.text('external_customer_id') ?? '',
      externalSubscriptionId: line.text('external_subscription_id') ?? '',
      code,
      timestamp: line.text('timestamp') ?? '',
      properties: line.text('properties') ?? '{}',
    }),
  ]
}

function checked(line: InputLine, event: LineEvent): LineEvent | LineRefusal {
  const { transactionId, externalCustomerId, externalSubscriptionId, timestamp, properties } = event
  const names = {
    transaction_id: transactionId,
    external_customer_id: externalCustomerId,
    external_subscription_id: externalSubscriptionId,
  }
  const tooLong = Object.entries(names).find(([, text]) => isTooLong(text))
  if (tooLong) return refusal(line, event.code, tooLong[0], 'too_long')
  if (Buffer.byteLength(event.properties) > USAGE_PROPERTIES_BYTES_MAX) {
    return refusal(line, event.code, 'properties', 'too_long')
  }
  const bad = Object.entries({ ...names, timestamp, properties }).find(([, text]) => storableText(text) !== text)
  return bad ? refusal(line, event.code, bad[0], 'bad_text') : event
}

/** Characters are code points, as over HTTP; nearly all texts are too short for the difference to matter. */
function isTooLong(text: string): boolean {
  return text.length > USAGE_NAME_CHARACTERS_MAX && [...text].length > USAGE_NAME_CHARACTERS_MAX
}

const MESSAGES = {
  missing: (field: string) => `${field} is empty.`,
  bad_text: (field: string) => `${field} holds NUL or half of a surrogate pair, which cannot be kept.`,
  too_long: (field: string) => `${field} is longer than events may have it.`,
} as const

function refusal({ line }: InputLine, event: string, field: string, code: keyof typeof MESSAGES): LineRefusal {
  return { line, event, code, field, message: MESSAGES[code](field) }
}
