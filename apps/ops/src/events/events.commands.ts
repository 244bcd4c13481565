import type { Command } from 'commander'
import { refused } from '../console/outcome'
import type { Personal } from '../console/shown-row'
import { commandGroup, id, position, subcommand, wholeNumber } from '../console/subcommand'
import { shownDelivery } from '../deliveries/shown-delivery'
import type { Ops } from '../ops'
import { causesOf, eventById } from './event-causes'
import { effectsOf, type Effect } from './event-effects'
import { tailEvents, type TailOptions } from './event-tail'
import { eventDetails, shownEvent } from './event-text'
import { renderTree } from './event-tree'

const DEPTH_DEFAULT = 20
const DEPTH_MAX = 100
const EVENTS_DEFAULT = 200
const EVENTS_MAX = 10_000

interface ShowOptions {
  readonly depth: number
  readonly events: number
  readonly personal?: true
}

/** `ops events ...`: what happened, and what came of it. */
export function registerEventsCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'events', 'what happened, and what came of it')
  const each = (value: string, before: readonly string[]): readonly string[] => [...before, value]
  subcommand(group, 'tail', {
    description: 'Prints the last 100 events that match, one line each; with --json one JSON object a line.',
    example: 'events tail --type InvoiceFinalized --follow',
  })
    .option('--type <type>', 'events of this type only; may be given several times', each, [])
    .option('--stream <stream>', 'events of this stream only')
    .option('--organization <id>', 'events of this organization only', id)
    .option('--from <position>', 'all from behind this position instead of the last 100', position)
    .option('--follow', 'go on with what comes, until Ctrl-C')
    .option('--personal', 'with personal data, which is hidden otherwise')
    .action(ops.does((options: TailOptions) => tailEvents(ops, options)))
  subcommand(group, 'show', {
    description: 'Shows an event with its causes and its effects as a tree, down to webhook deliveries.',
    example: 'events show 5b8a1c9e-0f3d-5a7b-9c2d-1e4f6a8b0c2d',
  })
    .argument('<event>', 'id of the event', id)
    .option('--depth <steps>', 'so many effects of effects', wholeNumber({ min: 1, max: DEPTH_MAX }), DEPTH_DEFAULT)
    .option('--events <count>', 'so many events at most', wholeNumber({ min: 1, max: EVENTS_MAX }), EVENTS_DEFAULT)
    .option('--personal', 'with personal data, which is hidden otherwise')
    .action(ops.does((event: string, options: ShowOptions) => showEvent(ops, event, options)))
}

async function showEvent(ops: Ops, eventId: string, { depth, events, personal }: ShowOptions): Promise<undefined> {
  const ports = await ops.open()
  const found = await eventById(eventId, ports)
  if (!found) throw refused(`EVENT: no event ${eventId} is recorded.`)
  const show = personal ? 'shown' : 'hidden'
  const event = shownEvent(found, show)
  const causes = (await causesOf(event, ports)).map((cause) => shownEvent(cause, show))
  const tree = await effectsOf(event, ports, { depthMax: depth, eventsMax: events })
  const effects = tree.effects.map((effect) => shownEffect(effect, show))
  ops.out.document({ event, causes, effects, isCut: tree.isCut }, () =>
    [eventDetails(event), '', renderTree(causes, event, effects)].join('\n'),
  )
  if (tree.isCut) ops.out.note('There is more: --depth and --events draw more of the tree.')
}

function shownEffect(effect: Effect, show: Personal): Effect {
  if (effect.kind === 'delivery') return { ...effect, delivery: shownDelivery(effect.delivery, show) }
  if (effect.kind !== 'event') return effect
  const effects = effect.effects.map((each) => shownEffect(each, show))
  return { ...effect, event: shownEvent(effect.event, show), effects }
}
