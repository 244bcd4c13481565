// Follows Billstream's events on Kafka and prints each invoice that is paid, once.
import { Kafka, logLevel } from 'kafkajs'

/** What this program needs of an event; the whole form is in the AsyncAPI document. */
interface CloudEvent {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly revision: number
  readonly metadata: { readonly organizationId: string }
  readonly data: unknown
}

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',')
const groupId = process.env['KAFKA_GROUP'] ?? 'example-typescript'
const topics = new RegExp(process.env['KAFKA_TOPICS'] ?? '^billstream\\.events\\.')

/**
 * The last revision seen of each stream. A real subscriber keeps it in its database and writes it in the transaction of
 * its own effect; here it is gone with the process.
 */
const seen = new Map<string, number>()

function handle(event: CloudEvent): void {
  // At least once: what is not newer than what was seen of its stream was here before.
  if (event.revision <= (seen.get(event.subject) ?? -1)) return
  // An event that we do not know is no mistake: there will be more of them.
  if (event.type === 'billstream.InvoicePaid.v1') {
    const { invoiceId, paidAt } = event.data as { invoiceId: string; paidAt: string }
    console.log(`Invoice ${invoiceId} of organization ${event.metadata.organizationId} was paid at ${paidAt}.`)
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
    eachMessage: async ({ message }) => {
      if (message.value) handle(JSON.parse(message.value.toString()) as CloudEvent)
    },
  })
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
