import type { Admin } from 'kafkajs'
import type { Context } from '@billstream/event-sourcing-core'
import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { topics } from '@billstream/messaging'
import { eventGroup } from '../kafka.strategy'
import type { KafkaConnection } from './kafka-client'
import { CONSUMED } from './kafka-topics'

/** States of a group in which it has no member; one that is being dealt anew is in none of them. */
const DESERTED: ReadonlySet<string> = new Set(['Empty', 'Dead'])

/** What an operator wants to know of the brokers; names are those at the brokers. */
export interface SeenAtBrokers {
  /** Messages that nobody could read and that are still kept, by their topic of dead letters; those without any are left out. */
  readonly unreadable: readonly { readonly topic: string; readonly messages: number }[]
  /** Groups that read events and have no member: nobody reads for them. */
  readonly deserted: readonly string[]
}

/** Reads only. Throws BrokerUnavailable when none answers. readers: the contexts whose services read events. */
export async function lookAtBrokers(connection: KafkaConnection, readers: readonly Context[]): Promise<SeenAtBrokers> {
  const admin = connection.kafka.admin()
  try {
    await admin.connect()
    return { unreadable: await unreadableOf(admin, connection), deserted: await desertedOf(admin, connection, readers) }
  } catch (error) {
    throw new BrokerUnavailable(error instanceof Error ? error.message : String(error))
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

async function unreadableOf(admin: Admin, { nameOf }: KafkaConnection): Promise<SeenAtBrokers['unreadable']> {
  const known = new Set(await admin.listTopics())
  const letters = CONSUMED.map((topic) => nameOf(topics.deadLetters(topic))).filter((topic) => known.has(topic))
  const counted = await Promise.all(
    letters.map(async (topic) => ({ topic, messages: messagesIn(await admin.fetchTopicOffsets(topic)) })),
  )
  return counted.filter(({ messages }) => messages > 0)
}

function messagesIn(partitions: readonly { readonly low: string; readonly high: string }[]): number {
  return partitions.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
}

async function desertedOf(
  admin: Admin,
  { nameOf }: KafkaConnection,
  readers: readonly Context[],
): Promise<readonly string[]> {
  const { groups } = await admin.describeGroups(readers.map((reader) => nameOf(eventGroup(reader))))
  return groups.filter(({ state }) => DESERTED.has(state)).map(({ groupId }) => groupId)
}
