import { hostsOf, isOutOfReach } from '@billstream/event-store-kurrentdb'
import { StoreUnavailable, type EventStore, type Sleeper } from '@billstream/event-sourcing-runtime'
import { CannotStart } from './cannot-start'

/** A look at the event store that takes longer has found nobody, in milliseconds. */
const LOOK_TIMEOUT_MS = 3_000

/**
 * Asks the KurrentDB of EVENT_STORE_URL. Throws CannotStart when none answers there within the 10 s of a call, or when it lets
 * nobody in. url undefined: events are in PostgreSQL, which was reached already.
 */
export async function reachEventStore(url: string | undefined, eventStore: Pick<EventStore, 'head'>): Promise<void> {
  if (url === undefined) return
  try {
    await eventStore.head()
  } catch (error) {
    if (!(error instanceof Error) || !isOutOfReach(error)) throw error
    const message = `EVENT_STORE_URL: KurrentDB at ${hostsOf(url)} cannot be used: ${firstLine(error.message)}.`
    throw new CannotStart(message, { cause: error })
  }
}

/** Whether the event store answers now. */
export async function answersNow(eventStore: Pick<EventStore, 'head'>, sleeper: Sleeper): Promise<boolean> {
  const asked = new AbortController()
  const late = sleeper.sleep(LOOK_TIMEOUT_MS, asked.signal).then(() => false)
  return Promise.race([hasAnswered(eventStore), late]).finally(() => asked.abort())
}

async function hasAnswered(eventStore: Pick<EventStore, 'head'>): Promise<boolean> {
  try {
    await eventStore.head()
    return true
  } catch (error) {
    if (error instanceof StoreUnavailable) return false
    throw error
  }
}

/** The client adds what the resolution of names had to say, mostly nothing. */
function firstLine(text: string): string {
  return text.replace(/\n[^]*| *Resolution note: *\.?$/g, '').replace(/\.$/, '')
}
