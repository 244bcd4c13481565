import { storableText } from '@billstream/event-sourcing-runtime'
import { parseInstant } from '@billstream/kernel'
import type { CloudEvent } from './cloud-event'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const STREAM = /^[\w-]+-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const TYPE = /^billstream\.\w+\.v\d+$/
/** Of an unsigned 64 bit number. */
const POSITION = /^\d{1,20}$/

type Check = (value: unknown) => boolean
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
const isText: Check = (value) => typeof value === 'string'
const isInstant: Check = (value) => parseInstant(value).ok
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isAbsentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const holds =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]))

const isEnvelope = holds({
  id: matches(UUID),
  type: matches(TYPE),
  subject: matches(STREAM),
  time: isInstant,
  data: isObject,
  revision: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  position: matches(POSITION),
  recordedat: isInstant,
  organizationid: matches(UUID),
  actortype: isText,
  actorid: isText,
  commandid: matches(UUID),
  commandtype: isAbsentOr(isText),
  correlationid: matches(UUID),
  causationid: matches(UUID),
  due: isAbsentOr(isInstant),
  clockid: isAbsentOr(matches(UUID)),
})

/**
 * Whether a message is an event as the platform publishes it. A topic is open to other producers, and what is none would fail all
 * that is handled with it: nothing may be missing, and no text may hold what a database cannot.
 */
export function isCloudEvent(body: unknown): body is CloudEvent {
  return isEnvelope(body) && isStorable(body)
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return storableText(value) === value
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, member]) => storableText(name) === name && isStorable(member))
}
