import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { derivedId } from '@billstream/kernel'
import { grouped, repeatedKeys, type Invariant, type ObservedWorld } from './observed-world'

/** Streams that the runtime keeps beside the aggregates. */
const CLAIMS = 'claim-'
const BOOKKEEPING = ['CreationAbandoned']

/** A command has its effect once, on one stream, and its answer says so. */
export const oneEffectPerCommand: Invariant = {
  name: 'one effect per command',
  check(world) {
    const effects = world.events.filter(({ stream, type }) => !stream.startsWith(CLAIMS) && !BOOKKEEPING.includes(type))
    const byCommand = grouped(effects, ({ metadata }) => metadata.commandId)
    const fresh = new Set(world.fresh.map(({ metadata }) => metadata.commandId))
    return [
      ...[...fresh].flatMap((commandId) => brokenEffect(commandId, byCommand.get(commandId) ?? [])),
      ...brokenAnswers(world, byCommand),
    ]
  },
}

function brokenEffect(commandId: string, events: readonly RecordedEvent[]): string[] {
  const [first] = events
  const isWhole = events.every(
    ({ id, stream, revision }, index) =>
      id === derivedId('event', commandId, index) && stream === first?.stream && revision === first.revision + index,
  )
  return isWhole ? [] : [`${commandId} recorded ${events.map(({ type }) => type).join(', ')} beside one append`]
}

function brokenAnswers({ ledger }: ObservedWorld, byCommand: ReadonlyMap<string, readonly RecordedEvent[]>): string[] {
  return ledger.commands.flatMap(({ type, commandId, reply }) => {
    const recorded = (byCommand.get(commandId) ?? []).map((event) => event.type).join()
    const told = reply.value.events.join()
    return recorded === told ? [] : [`${type} was answered with [${told}] and recorded [${recorded}]`]
  })
}

/** A process takes an event once: its commands are written once. */
export const processesTakeEventsOnce: Invariant = {
  name: 'processes take events once',
  check({ commits }) {
    const taken = commits.flatMap(({ process, commands }) =>
      [...new Set(commands.map(({ metadata }) => metadata.causationId))].map((eventId) => `${process} ${eventId}`),
    )
    return repeatedKeys(taken, (key) => key).map((key) => `${key} was taken again`)
  },
}

/** An endpoint is told of an event under one id, always with the same bytes. */
export const oneDeliveryPerEvent: Invariant = {
  name: 'one delivery per event and endpoint',
  async check({ ports, cast, received }) {
    const { deliveries } = await ports.deliveries.list(cast.organizationId, { skip: 0, limit: 100_000 })
    const told = received.map(({ url, id, body }) => ({ place: `${url} ${id}`, body }))
    const bodies = [...grouped(told, ({ place }) => place)].filter(
      ([, each]) => new Set(each.map((one) => one.body)).size > 1,
    )
    return [
      ...repeatedKeys(deliveries, ({ eventId, endpointId }) => `${eventId} to ${endpointId}`).map(
        (key) => `${key} has more than one delivery`,
      ),
      ...bodies.map(([place]) => `${place} was sent with different bytes`),
    ]
  },
}
