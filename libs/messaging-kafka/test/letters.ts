import type { KafkaMessage } from 'kafkajs'
import { topics } from '@billstream/messaging'
import type { KafkaConnection } from '../src/connection/kafka-client'
import { eventually } from './eventually'

/** The dead letters of a topic as text; waits for so many. */
export async function lettersOf(connection: KafkaConnection, topic: string, count = 1): Promise<string[]> {
  return (await keptLettersOf(connection, topic, count)).map(({ value }) => value?.toString() ?? '')
}

/** The same, with keys and headers. */
export async function keptLettersOf({ kafka, nameOf }: KafkaConnection, topic: string, count: number) {
  const found: KafkaMessage[] = []
  const consumer = kafka.consumer({ groupId: nameOf(`billstream.letters.${topic}`) })
  await consumer.connect()
  await consumer.subscribe({ topic: nameOf(topics.deadLetters(topic)), fromBeginning: true })
  await consumer.run({
    eachMessage: ({ message }) => {
      found.push(message)
      return Promise.resolve()
    },
  })
  await eventually(() => expect(found.length).toBeGreaterThanOrEqual(count))
  await consumer.disconnect()
  return found
}
