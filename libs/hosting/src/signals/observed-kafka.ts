import type { KafkaConnection } from '@billstream/messaging-kafka'
import { topics } from '@billstream/messaging'
import { nowMs, type Metrics } from '@billstream/platform'
import { overriding } from './overriding'

type Kafka = KafkaConnection['kafka']

/** The same way to the brokers, counting what is sent and received, and how often groups are dealt anew. */
export function observedKafka(connection: KafkaConnection, metrics: Metrics): KafkaConnection {
  const { kafka } = connection
  return {
    ...connection,
    kafka: overriding(kafka, {
      producer: (config) => observedProducer(kafka.producer(config), connection, metrics),
      consumer: (config) => observedConsumer(kafka.consumer(config), connection, metrics),
    }),
  }
}

function observedProducer(
  producer: ReturnType<Kafka['producer']>,
  { topicOf }: KafkaConnection,
  metrics: Metrics,
): ReturnType<Kafka['producer']> {
  return overriding(producer, {
    async sendBatch(batch) {
      const startedAtMs = nowMs()
      let outcome = 'failed'
      try {
        const sent = await producer.sendBatch(batch)
        outcome = 'sent'
        for (const { topic, messages } of batch.topicMessages ?? []) {
          metrics.count('billstream_kafka_messages_sent_total', { topic: topicOf(topic) }, messages.length)
        }
        return sent
      } finally {
        metrics.time('billstream_kafka_produce_seconds', { outcome }, (nowMs() - startedAtMs) / 1_000)
      }
    },
  })
}

function observedConsumer(
  consumer: ReturnType<Kafka['consumer']>,
  { topicOf }: KafkaConnection,
  metrics: Metrics,
): ReturnType<Kafka['consumer']> {
  const { GROUP_JOIN, END_BATCH_PROCESS } = consumer.events
  consumer.on(GROUP_JOIN, ({ payload: { groupId } }) => {
    metrics.count('billstream_kafka_rebalances_total', { group: groupOf(topicOf(groupId)) })
  })
  consumer.on(END_BATCH_PROCESS, ({ payload: { topic, batchSize } }) => {
    metrics.count('billstream_kafka_messages_received_total', { topic: topicOf(topic) }, batchSize)
  })
  return consumer
}

/** Each process has a group of its own for replies: to the metrics they are one. */
function groupOf(name: string): string {
  return name.startsWith(topics.replies) ? topics.replies : name
}
