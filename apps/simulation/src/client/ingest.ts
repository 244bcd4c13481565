import { addSeconds, type Instant } from '@billstream/kernel'
import type { IngestedEvent, IngestEvent } from '@billstream/usage-contracts'
import type { ActionOf, UsageSketch } from '../story/story'
import type { Cast, SimulatedCustomer } from './cast'
import type { Ledger } from './ledger'
import type { Stage } from './perform'

const SECONDS_PER_HOUR = 3_600

/** Sends usage, and writes down what was acknowledged. */
export async function ingest(action: ActionOf<'ingest'>, stage: Stage): Promise<void> {
  const { client, cast, planned, ledger } = stage
  const customer = cast.customer(action.customer)
  const events = action.events.flatMap((sketch) => eventOf(sketch, { cast, customer, planned }))
  if (events.length === 0) return
  const answer = await client.ingest({ events, batch: true }, `ingest ${action.id}`)
  if (!answer.ok) return ledger.surprise(`ingest ${action.id} was refused with ${answer.code}`)
  answer.events.forEach((ingested, index) => {
    const event = events[index]
    if (event) writeDown(event, ingested, ledger)
  })
}

/** A repeat of something that was left out is left out. */
function eventOf(
  sketch: UsageSketch,
  { cast, customer, planned }: { cast: Cast; customer: SimulatedCustomer; planned: Instant },
): IngestEvent[] {
  const known = cast.sentUsage.get(sketch.transaction)
  if (sketch.again !== null) {
    if (!known) return []
    return [sketch.again === 'same' ? known : { ...known, properties: propertiesOf(otherValue(sketch.value)) }]
  }
  const own = cast.subscriptions.filter((subscription) => subscription.customer === customer)
  const bound = sketch.subscription === null ? undefined : own[sketch.subscription]
  const { now } = cast.nowOf(customer, planned)
  const event: IngestEvent = {
    transactionId: `tx-${sketch.transaction}`,
    externalCustomerId: customer.externalId,
    externalSubscriptionId: bound?.externalId ?? '',
    code: cast.story.setting.metrics[sketch.metric]?.code ?? '',
    timestamp: addSeconds(now, -Math.round(sketch.hoursAgo * SECONDS_PER_HOUR)),
    properties: propertiesOf(sketch.value),
    createdAt: planned,
  }
  cast.sentUsage.set(sketch.transaction, event)
  return [event]
}

function propertiesOf(value: string): string {
  return `{"value":${Number(value) === 0 ? '0' : value}}`
}

/** Another number than the value, and than what it is written as elsewhere. */
function otherValue(value: string): string {
  return value.includes('.') ? `${value}7` : `${value}.7`
}

/** What was acknowledged first counts, for ever; a refused event may come again as another one. */
function writeDown(event: IngestEvent, ingested: IngestedEvent, ledger: Ledger): void {
  const { transactionId } = event
  const known = ledger.usage.get(transactionId)
  if (ingested.status === 'refused') {
    if (ingested.code !== 'timestamp_in_future') ledger.surprise(`${transactionId} was refused with ${ingested.code}`)
    return
  }
  const isSame = known === undefined || known.properties === event.properties
  if (isSame !== (ingested.status !== 'conflict')) {
    ledger.surprise(`${transactionId} was answered with ${ingested.status}`)
  }
  if (!known) ledger.usage.set(transactionId, event)
}
