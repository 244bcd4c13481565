import type { EventDescriptor, RecordedEvent } from '@billstream/event-sourcing-core'

/** A topic for an internal subscriber. */
export interface Topic {
  /** Resolves when the brokers have all of them on disk; events of one stream stay in order. Throws BrokerUnavailable. */
  publish(events: readonly { readonly event: RecordedEvent; readonly descriptor: EventDescriptor }[]): Promise<void>
  close(): Promise<void>
}

/** brokers: `host:port`, comma-separated; absent: those of KAFKA_BROKERS. Throws CommandEnded, naming what is missing. */
export type OpenTopic = (topic: string, brokers: string | undefined) => Promise<Topic>
