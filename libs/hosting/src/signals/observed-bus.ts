import type { Command, CommandReply } from '@billstream/event-sourcing-core'
import type { MessageBus } from '@billstream/messaging'
import type { Tracing } from '@billstream/platform'
import { overriding } from './overriding'

/** Gives each request its span: what handles it, here or in another process, is below it. */
export function tracedBus(bus: MessageBus, tracing: Tracing | undefined): MessageBus {
  if (!tracing) return bus
  const sent = (command: Command, send: () => Promise<CommandReply>) =>
    tracing.run(sendingOf(command), send, (reply) => ({ 'billstream.outcome': reply.ok ? 'ok' : reply.error.code }))
  return overriding(bus, {
    send: (definition, command, timeoutMs) => sent(command, () => bus.send(definition, command, timeoutMs)),
    dispatch: (route, command, timeoutMs) => sent(command, () => bus.dispatch(route, command, timeoutMs)),
    ask: (query, data, metadata) =>
      tracing.run({ name: `ask ${query.type}`, kind: 'producer', correlationId: metadata.correlationId }, () =>
        bus.ask(query, data, metadata),
      ),
  })
}

/** What a process wants is caused by an event of the same trace; a timer, set by an older one, begins a trace of its own. */
function sendingOf({ type, metadata }: Command) {
  const { correlationId, causationId, commandId, actor } = metadata
  return {
    name: `send ${type}`,
    kind: 'producer' as const,
    correlationId,
    ...(actor.type === 'process' && { causedBy: causationId }),
    attributes: {
      'billstream.command.id': commandId,
      'billstream.causation.id': causationId,
      'billstream.actor': `${actor.type} ${actor.type === 'process' || actor.type === 'timer' ? actor.id : ''}`.trim(),
    },
  }
}
