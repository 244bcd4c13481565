import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { topics } from '@billstream/messaging'
import type { PublishedAs } from '@billstream/messaging-kafka'
import { eventsByContext } from './event-registry'

const published = new Map(
  Object.entries(eventsByContext).flatMap(([context, descriptors]) =>
    descriptors
      .filter(({ internal }) => !internal)
      .map((descriptor) => {
        const topic = topics.events(context as keyof typeof eventsByContext)
        return [descriptor.type, { topic, descriptor }] as const
      }),
  ),
)

/** Where an event is published. Internal events, and those of no context, stay in the store. */
export const publishedAs: PublishedAs = ({ type }: RecordedEvent) => published.get(type)
