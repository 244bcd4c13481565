import type { Admin, ITopicConfig } from 'kafkajs'
import { CONTEXTS } from '@billstream/event-sourcing-core'
import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { MESSAGE_BYTES_MAX, topics } from '@billstream/messaging'
import type { KafkaConnection } from './kafka-client'
import type { KafkaSettings } from './kafka-settings'
import { refusedCreation, refusedUse } from './topic-refused'

/** A record batch of one message of the greatest size, with its headers and the batch's own fields. */
const BATCH_BYTES_MAX = MESSAGE_BYTES_MAX * 2
/** A message of another producer as it came, and what is said of it. */
const LETTER_BATCH_BYTES_MAX = BATCH_BYTES_MAX * 2
/** Nobody reads a reply later than this: whoever asked has given up, in milliseconds. */
const REPLY_RETENTION_MS = 600_000
/**
 * Who wants a command for good keeps it in an outbox until it is answered, so its copy here is for the handling only, in milliseconds:
 * it may say who a customer is, which an erasure does not reach.
 */
const REQUEST_RETENTION_MS = 86_400_000
/** A service that was away for longer than its events are kept would miss them and never know; nor is a letter lost unread. */
const FOR_EVER = { 'retention.ms': '-1', 'retention.bytes': '-1' }
const TIMEOUT_MS = 30_000
/** A small broker on a busy machine needs a while for many partitions, in milliseconds. */
const SERVED_TIMEOUT_MS = 90_000
const LOOK_MS = 100

/**
 * Makes the topics of the platform that are missing. Safe to call from many processes at once. Throws BrokerUnavailable when none
 * answers, TopicRefused when they make one not, or not for this user, else what they answer.
 */
export function ensureTopics(
  connection: KafkaConnection,
  { partitions, replicationFactor }: Pick<KafkaSettings, 'partitions' | 'replicationFactor'>,
): Promise<void> {
  return ensure(connection, topicConfigs(partitions, replicationFactor))
}

/** Makes a topic of a subscriber unless it is there, for messages as the platform sends them. Throws as `ensureTopics`. */
export function ensureTopic(
  connection: KafkaConnection,
  topic: string,
  { partitions, replicationFactor }: Pick<KafkaSettings, 'partitions' | 'replicationFactor'>,
): Promise<void> {
  return ensure(connection, [topicConfig(topic, partitions, replicationFactor)])
}

async function ensure({ kafka, nameOf }: KafkaConnection, configs: readonly ITopicConfig[]): Promise<void> {
  const admin = kafka.admin()
  try {
    const known = new Set(await knownTopics(admin))
    const wanted = configs.map((config) => ({ ...config, topic: nameOf(config.topic) }))
    const missing = wanted.filter(({ topic }) => !known.has(topic))
    if (missing.length > 0) await create(admin, missing)
    // Also those that another process has made just now.
    await Promise.all(wanted.map(({ topic }) => untilServed(admin, topic)))
  } finally {
    await admin.disconnect()
  }
}

/** A connection says nothing yet: the client is content with whoever takes it, and fails with its first question only. */
async function knownTopics(admin: Admin): Promise<string[]> {
  try {
    await admin.connect()
    return await admin.listTopics()
  } catch (error) {
    throw new BrokerUnavailable(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Another process may have made some of them meanwhile: then nothing of the request is done, and each is asked for alone. kafkajs'
 * own waiting for leaders fails while a broker does not know of a new topic yet.
 */
async function create(admin: Admin, wanted: ITopicConfig[]): Promise<void> {
  const options = { timeout: TIMEOUT_MS, waitForLeaders: false }
  try {
    if (await admin.createTopics({ topics: wanted, ...options })) return
    for (const topic of wanted) await admin.createTopics({ topics: [topic], ...options })
  } catch (error) {
    throw refusedCreation(error) ?? error
  }
}

/** A broker tells of a topic's leader before the leader knows of it: what is sent then fails. */
async function untilServed(admin: Admin, topic: string): Promise<void> {
  const until = performance.now() + SERVED_TIMEOUT_MS
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic)
      return
    } catch (error) {
      const refused = refusedUse(error, topic)
      if (refused || performance.now() > until) throw refused ?? error
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }
}

/** Each process reads one of them: the more there are, the fewer replies to others it reads. */
export const REPLY_PARTITIONS = 16

/** Topics that groups read, each with its topic of dead letters. */
export const CONSUMED: readonly string[] = [
  ...CONTEXTS.flatMap((context) => [topics.commands(context), topics.queries(context), topics.events(context)]),
  topics.usage,
]

const EVENTS = new Set(CONTEXTS.map((context) => topics.events(context)))
const REQUESTS = new Set(CONTEXTS.flatMap((context) => [topics.commands(context), topics.queries(context)]))

function topicConfigs(partitions: number, replicationFactor: number): ITopicConfig[] {
  return [
    ...CONSUMED.map((topic) => topicConfig(topic, partitions, replicationFactor, retentionOf(topic))),
    ...CONSUMED.map((topic) =>
      topicConfig(topics.deadLetters(topic), 1, replicationFactor, {
        ...FOR_EVER,
        'max.message.bytes': String(LETTER_BATCH_BYTES_MAX),
      }),
    ),
    topicConfig(topics.replies, REPLY_PARTITIONS, replicationFactor, staysFor(REPLY_RETENTION_MS)),
  ]
}

function retentionOf(topic: string): Record<string, string> {
  if (EVENTS.has(topic)) return FOR_EVER
  // Whoever sent usage repeats it until it is answered.
  return REQUESTS.has(topic) ? staysFor(REQUEST_RETENTION_MS) : {}
}

/** A broker deletes whole segments, none to which it still writes: without an end of their own they would stay for a week. */
function staysFor(ms: number): Record<string, string> {
  return { 'retention.ms': String(ms), 'segment.ms': String(ms) }
}

function topicConfig(
  topic: string,
  numPartitions: number,
  replicationFactor: number,
  more: Record<string, string> = {},
): ITopicConfig {
  const entries = Object.entries({
    'max.message.bytes': String(BATCH_BYTES_MAX),
    // The client reads gzip only: what another producer compresses otherwise would hold up its partition.
    'compression.type': 'uncompressed',
    ...more,
  })
  return { topic, numPartitions, replicationFactor, configEntries: entries.map(([name, value]) => ({ name, value })) }
}
