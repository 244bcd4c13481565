import type { Publish } from '@billstream/messaging-kafka'
import type { Tracing } from '@billstream/platform'

/** Gives each event that is published its span, below the event's own: a subscriber goes on with the trace in its headers. */
export function tracedPublish(publish: Publish, tracing: Tracing | undefined): Publish {
  if (!tracing) return publish
  return (message, event) => {
    const { id: causedBy, type, metadata } = event
    const { correlationId } = metadata
    return tracing.run({ name: `publish ${type}`, kind: 'producer', correlationId, causedBy }, () =>
      publish(message, event),
    )
  }
}
