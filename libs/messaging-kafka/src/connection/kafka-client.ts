import './quiet-request-queue'
import { Kafka, logLevel, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs'
import type { Log } from '@billstream/event-sourcing-runtime'
import type { ReplyLane } from '../sending/own-partition'
import type { KafkaSettings } from './kafka-settings'

const CONNECTION_TIMEOUT_MS = 3_000
/** Longer than any answer of a healthy broker; a broker that hangs is given up, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000
const RETRY_INITIAL_MS = 100
const RETRY_MAX_MS = 1_000
const RETRIES_MAX = 5

/** A way to the brokers, under the names of one platform. */
export interface KafkaConnection {
  readonly kafka: Kafka
  /** The name at the brokers of a topic or group, given as `billstream.<rest>`. */
  nameOf(topic: string): string
  /** What `nameOf` was given. */
  topicOf(name: string): string
  /** Where this process is answered. */
  readonly replyLane: ReplyLane
}

/** Names of topics as `@billstream/messaging` has them begin with this. */
const DEFAULT_PREFIX = 'billstream'

/** Nothing is connected yet. The client's own messages go to our log. */
export function createKafka(settings: KafkaSettings, log: Log): KafkaConnection {
  const { brokers, clientId, topicPrefix, replyLane = 'services', tls, sasl } = settings
  const config: KafkaConfig = {
    clientId,
    brokers: [...brokers],
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: RETRY_INITIAL_MS, maxRetryTime: RETRY_MAX_MS, retries: RETRIES_MAX },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => note(entry, log),
    ...(tls && { ssl: tls.ca === undefined ? true : { ca: tls.ca } }),
    ...(sasl && { sasl: sasl as SASLOptions }),
  }
  return {
    kafka: new Kafka(config),
    replyLane,
    nameOf: (topic) => `${topicPrefix}${topic.slice(DEFAULT_PREFIX.length)}`,
    topicOf: (name) => `${DEFAULT_PREFIX}${name.slice(topicPrefix.length)}`,
  }
}

/** Said at each start, since we bound the retries of idempotent producers: what is lost then is sent again by its owner. */
const EXPECTED = /Limiting retries for the idempotent producer/

/** What the client calls an error is mostly a broker that is away for a moment: whoever needed it says so himself. */
function note({ namespace, log: { message, error } }: LogEntry, log: Log): void {
  if (EXPECTED.test(message)) return
  log.info({ source: `kafka ${namespace}`, ...(error !== undefined && { error: String(error) }) }, message)
}
