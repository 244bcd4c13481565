import { assertNever } from '@billstream/kernel'
import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { safeLine } from '../console/safe-text'
import { eventLine } from './event-text'
import type { Effect } from './event-effects'

type EventEffect = Extract<Effect, { kind: 'event' }>
type OtherEffect = Exclude<Effect, EventEffect>

/** A line and what stands below it. */
interface Node {
  readonly line: string
  readonly below: readonly Node[]
}

/** Causes above, the event marked, effects below, each event under the command that recorded it. */
export function renderTree(causes: readonly RecordedEvent[], event: RecordedEvent, effects: readonly Effect[]): string {
  const own: Node = { line: `${eventLine(event)}  <== this event`, below: nodesOf(effects) }
  const root = causes.reduceRight<Node>(
    (below, cause) => commandNode(cause, [{ line: eventLine(cause), below: [below] }]),
    commandNode(event, [own]),
  )
  return linesOf(root, 0).join('\n')
}

/** Effects in their order; events that one command recorded stand together under it. */
function nodesOf(effects: readonly Effect[]): Node[] {
  const events = effects.filter((effect): effect is EventEffect => effect.kind === 'event')
  const commands = new Map<string, { first: RecordedEvent; below: Node[] }>()
  for (const { event, effects: below } of events) {
    const command = commands.get(event.metadata.commandId) ?? { first: event, below: [] }
    command.below.push({ line: eventLine(event), below: nodesOf(below) })
    commands.set(event.metadata.commandId, command)
  }
  const others = effects.filter((effect): effect is OtherEffect => effect.kind !== 'event')
  return [
    ...[...commands.values()].map(({ first, below }) => commandNode(first, below)),
    ...others.map((effect): Node => ({ line: safeLine(lineOf(effect)), below: [] })),
  ]
}

/** The command behind an event. The first events ever recorded do not say which it was. */
function commandNode(
  { metadata: { commandType = 'a command', commandId, actor } }: RecordedEvent,
  below: Node[],
): Node {
  return { line: safeLine(`${commandType} by ${actor.type} ${actor.id}  (command ${commandId})`), below }
}

function lineOf(effect: OtherEffect): string {
  switch (effect.kind) {
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

function linesOf({ line, below }: Node, depth: number): string[] {
  const indent = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `
  return [`${indent}${line}`, ...below.flatMap((node) => linesOf(node, depth + 1))]
}
