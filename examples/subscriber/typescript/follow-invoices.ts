// Follows Billstream's events on Kafka and prints each invoice that is paid, once.
import { Kafka, logLevel } from 'kafkajs'

/** What this program needs of an event; the whole form is in the AsyncAPI document. */
interface CloudEvent {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly revision: number
  readonly organizationid: string
  readonly data: unknown
}

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',')
const groupId = process.env['KAFKA_GROUP'] ?? 'example-typescript'
// One topic per context. What stands behind a further dot, such as .dlq, holds no events.
const topics = new RegExp(process.env['KAFKA_TOPICS'] ?? '^billstream\\.events\\.[^.]+$')

/**
 * The last revision seen of each stream. A real subscriber keeps it in its database and writes it in the transaction of
 * its own effect; here it is gone with the process.
 */
const seen = new Map<string, number>()

/** undefined: the message is no event. */
function read(text: string): CloudEvent | undefined {
  try {
    const event = JSON.parse(text) as Partial<CloudEvent> | null
    const isEvent = typeof event?.type === 'string' && typeof event.subject === 'string'
    return isEvent && typeof event.revision === 'number' ? (event as CloudEvent) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function handle(event: CloudEvent): void {
  // At least once: what is not newer than what was seen of its stream was here before.
  if (event.revision <= (seen.get(event.subject) ?? -1)) return
  // An event that we do not know is no mistake: there will be more of them.
  if (event.type === 'billstream.InvoicePaid.v1') {
    const { invoiceId, paidAt } = event.data as { invoiceId: string; paidAt: string }
    console.log(`Invoice ${invoiceId} of organization ${event.organizationid} was paid at ${paidAt}.`)
  }
  seen.set(event.subject, event.revision)
}

async function main(): Promise<void> {
  const kafka = new Kafka({ brokers, clientId: 'example-subscriber', logLevel: logLevel.ERROR })
  const consumer = kafka.consumer({ groupId })
  await consumer.connect()
  await consumer.subscribe({ topics: [topics], fromBeginning: true })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void consumer.disconnect())
  await consumer.run({
    // The offset is committed after it returns: what it throws, and what a crash cut off, comes again.
    eachMessage: async ({ topic, partition, message }) => {
      const event = read(message.value?.toString() ?? '')
      if (event) handle(event)
      // Thrown, it would come again for ever, and nothing behind it.
      else console.error(`Passed over, as it is no event: ${topic}, partition ${partition}, offset ${message.offset}.`)
    },
  })
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
