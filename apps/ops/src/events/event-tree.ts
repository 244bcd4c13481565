import { assertNever } from '@billstream/kernel'
import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { printable } from '../console/table'
import { eventLine } from './event-text'
import type { Effect } from './event-effects'

/** Causes above, the event marked, effects below, each indented by one step. */
export function renderTree(causes: readonly RecordedEvent[], event: RecordedEvent, effects: readonly Effect[]): string {
  const above = causes.map((cause, depth) => `${indent(depth)}${eventLine(cause)}`)
  const own = `${indent(causes.length)}${eventLine(event)}  <== this event`
  const below = effects.flatMap((effect) => renderEffect(effect, causes.length + 1))
  return [...above, own, ...below].join('\n')
}

function renderEffect(effect: Effect, depth: number): string[] {
  const lines = printable(headOf(effect))
  const below = effect.kind === 'event' ? effect.effects.flatMap((each) => renderEffect(each, depth + 1)) : []
  return [`${indent(depth)}${lines}`, ...below]
}

function headOf(effect: Effect): string {
  switch (effect.kind) {
    case 'event':
      // The type of a command is stored as long as it is not answered; afterwards its id leads to it in logs and traces.
      return `${eventLine(effect.event)}  (${effect.by}, command ${effect.event.metadata.commandId})`
    case 'wanted': {
      const { process, type, target, tries, notBefore } = effect.command
      const again = notBefore === undefined ? '' : `, again at ${notBefore}`
      return `wanted: ${type} to ${target}, not answered yet, ${tries} tries${again}  (${process})`
    }
    case 'refused': {
      const { row, code, message, at } = effect.command
      return `refused: ${row.type} to ${row.target} at ${at}: ${code}, ${message}  (${row.process})`
    }
    case 'noted':
      return `noted: nothing was wanted, nothing had to change, or its refusal is ignored  (${effect.process})`
    case 'timer':
      return `timer: ${effect.timer.command.type}, due ${effect.timer.due}  (${effect.timer.rule})`
    case 'work':
      return `work: ${effect.item.id}, not before ${effect.item.notBefore}, ${effect.item.tries} tries  (${effect.item.queue})`
    case 'delivery': {
      const { id, webhookType, status, attempts, httpStatus } = effect.delivery
      return `webhook: ${webhookType} ${status} after ${attempts} attempts, last answer ${httpStatus ?? 'none'}  (delivery ${id})`
    }
    default:
      return assertNever(effect)
  }
}

function indent(depth: number): string {
  return depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
}
