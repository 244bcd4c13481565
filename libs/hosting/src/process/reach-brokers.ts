import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { isAboutRights, TopicRefused, type KafkaSettings } from '@billstream/messaging-kafka'
import { CannotStart } from './cannot-start'

/** Which setting a broker means, by Kafka's name of its reason; any other is about the brokers. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['INVALID_REPLICATION_FACTOR', 'KAFKA_REPLICATION_FACTOR'],
  ['INVALID_PARTITIONS', 'KAFKA_PARTITIONS'],
  ['INVALID_TOPIC_EXCEPTION', 'KAFKA_TOPIC_PREFIX'],
])
const LOGIN = 'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD'

type Reached = Pick<KafkaSettings, 'brokers' | 'partitions' | 'replicationFactor' | 'topicPrefix' | 'sasl'>

/**
 * What was done at the brokers. Throws CannotStart, naming the setting, when none answers, and when they refuse the login or a
 * topic.
 */
export async function reachBrokers<T>(settings: Reached, doing: Promise<T>): Promise<T> {
  try {
    return await doing
  } catch (error) {
    if (error instanceof BrokerUnavailable) throw new CannotStart(explain(error, settings), { cause: error })
    if (error instanceof TopicRefused) throw new CannotStart(explainTopic(error, settings), { cause: error })
    throw error
  }
}

/** The client has no class of its own for what brokers say of a login, but all of it names SASL. */
function explain({ message }: BrokerUnavailable, settings: Reached): string {
  const brokers = settings.brokers.join(', ')
  return message.includes('SASL')
    ? `${LOGIN}: the login at ${brokers} is refused: ${message}.`
    : `KAFKA_BROKERS: no broker answers at ${brokers}: ${message}.`
}

function explainTopic({ topic, code, message }: TopicRefused, settings: Reached): string {
  const brokers = settings.brokers.join(', ')
  if (isAboutRights(code)) {
    const who = settings.sasl ? `KAFKA_SASL_USERNAME: ${settings.sasl.username}` : 'KAFKA_BROKERS: this program'
    return `${who} may not make or use the topic ${topic} at ${brokers}: ${message} (${code}).`
  }
  const setting = MEANT.get(code) ?? 'KAFKA_BROKERS'
  return `${setting}: the topic ${topic} is refused by ${brokers}${given(setting, settings)}: ${message} (${code}).`
}

function given(setting: string, { partitions, replicationFactor }: Reached): string {
  if (setting === 'KAFKA_REPLICATION_FACTOR') return ` with ${replicationFactor} replicas`
  if (setting === 'KAFKA_PARTITIONS') return ` with ${partitions} partitions`
  return ''
}
