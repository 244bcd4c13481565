import { randomUUID } from 'node:crypto'
import type { KafkaMessage } from 'kafkajs'
import { topics } from '@billstream/messaging'
import type { KafkaConnection } from '../src/connection/kafka-client'
import { eventually } from './eventually'

/** The dead letters of a topic as text; waits for so many. */
export async function lettersOf(connection: KafkaConnection, topic: string, count = 1): Promise<string[]> {
  return (await keptLettersOf(connection, topic, count)).map(({ value }) => value?.toString() ?? '')
}

/** The same, with keys and headers. */
export function keptLettersOf(connection: KafkaConnection, topic: string, count: number) {
  return messagesOf(connection, topics.deadLetters(topic), count)
}

/** What lies in a topic as the brokers have it, from its beginning; waits for so many. */
export async function messagesOf({ kafka, nameOf }: KafkaConnection, topic: string, count: number) {
  const found: KafkaMessage[] = []
  const consumer = kafka.consumer({ groupId: nameOf(`billstream.letters.${randomUUID()}`) })
  await consumer.connect()
  await consumer.subscribe({ topic: nameOf(topic), fromBeginning: true })
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
