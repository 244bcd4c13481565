import type { EventDescriptor, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import { PositionsWanted, runUntilAborted, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { epochMillis } from '@billstream/kernel'
import { EVENT_BYTES_MAX, toCloudEvent } from '@billstream/messaging'
import { header } from '../connection/message-headers'
import type { OutgoingMessage } from '../sending/outgoing-messages'

/** Name of the relay's position and of its lease. */
export const RELAY = 'relay'
/** How often the position is saved, in milliseconds; what is published again after a crash is recognised by its id. */
const SAVE_EVERY_MS = 1_000
const BATCH_MAX = 500

export type RelayPorts = Pick<
  PlatformPorts,
  'eventStore' | 'checkpoints' | 'leases' | 'bells' | 'log' | 'sleeper' | 'clock'
>

/** Where an event goes; undefined: it is not published. */
export type PublishedAs = (event: RecordedEvent) => { topic: string; descriptor: EventDescriptor } | undefined

/** Sends an event's message; resolves when the brokers have it. What is sent in order must arrive in order. */
export type Publish = (message: OutgoingMessage, event: RecordedEvent) => Promise<void>

/**
 * Publishes the store's events as CloudEvents, in order per stream and at least once; one instance in all processes. Its
 * producer is its own: what fails makes the relay begin again from its position, and nothing overtakes what was lost.
 */
export async function runEventRelay(
  publishedAs: PublishedAs,
  publish: Publish,
  ports: RelayPorts,
  stop: AbortSignal,
): Promise<void> {
  await runUntilAborted(RELAY, stop, ports, () =>
    ports.leases.hold(RELAY, stop, async (signal) => {
      const wanted = new PositionsWanted(ports.bells, ports.clock)
      try {
        await follow({ publishedAs, publish, wanted }, ports, signal)
      } finally {
        wanted.close()
      }
    }),
  )
}

async function follow(
  { publishedAs, publish, wanted }: { publishedAs: PublishedAs; publish: Publish; wanted: PositionsWanted },
  { eventStore, checkpoints, clock }: RelayPorts,
  signal: AbortSignal,
): Promise<void> {
  let position = await checkpoints.load(RELAY)
  let saved = position
  let savedAt = epochMillis(clock.now())
  const save = async (reached: Position) => {
    if (reached > saved) await checkpoints.save(new Map([[RELAY, reached]]))
    ;[saved, savedAt] = [reached, epochMillis(clock.now())]
  }
  const batches = eventStore.subscribe(position, { signal, batchMax: BATCH_MAX })
  for await (const batch of wanted.between(batches)) {
    await Promise.all(
      (batch?.events ?? []).flatMap((event) => {
        const published = publishedAs(event)
        return published ? [publish(eventMessage(event, published), event)] : []
      }),
    )
    position = batch?.reached ?? position
    if (wanted.isNow() || epochMillis(clock.now()) - savedAt >= SAVE_EVERY_MS) await save(position)
  }
  await save(position)
}

/** An event as subscribers get it: a CloudEvent, keyed by its stream. */
export function eventMessage(
  event: RecordedEvent,
  { topic, descriptor }: { readonly topic: string; readonly descriptor: EventDescriptor },
): OutgoingMessage {
  const cloudEvent = toCloudEvent(event, descriptor)
  const headers = {
    [header.contentType]: 'application/cloudevents+json; charset=utf-8',
    [header.eventType]: cloudEvent.type,
    [header.correlationId]: event.metadata.correlationId,
  }
  // What could be appended can be published: an event that cannot would hold up all that follow.
  return { topic, key: event.stream, value: JSON.stringify(cloudEvent), headers, bytesMax: EVENT_BYTES_MAX }
}
