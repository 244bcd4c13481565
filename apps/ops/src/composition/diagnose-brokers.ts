import { BrokerUnavailable, type Log } from '@billstream/event-sourcing-runtime'
import { loopsOfServices, readKafkaSettings, SettingReader } from '@billstream/hosting'
import { createKafka, lookAtBrokers, type SeenAtBrokers } from '@billstream/messaging-kafka'
import { counted } from '../console/counted'
import { fine, problem, warning, type Finding } from '../doctor/finding'
import type { Environment } from './settings'

/** What the brokers of KAFKA_BROKERS have to say; nothing where the setting is not given, as with `npm start`. */
export async function brokerFindings(environment: Environment, log: Log): Promise<Finding[]> {
  if ((environment['KAFKA_BROKERS'] ?? '').trim() === '') return []
  const problems: string[] = []
  const settings = readKafkaSettings(new SettingReader(environment, problems), 'billstream-ops')
  if (problems.length > 0) return [problem('Kafka', problems.join('; '), 'Correct the settings.')]
  const connection = createKafka(settings, log)
  try {
    const found = seen(await lookAtBrokers(connection, [...loopsOfServices.listensTo.keys()]))
    return [...found, clusterFinding(await clusterOf(connection))]
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error
    return [problem('Kafka', error.message, 'Start the brokers, or correct KAFKA_BROKERS.')]
  }
}

interface Cluster {
  readonly clusterId: string
  readonly brokers: readonly unknown[]
  readonly controller: number | null
}

/** undefined: this user may not see it. */
async function clusterOf({ kafka }: ReturnType<typeof createKafka>): Promise<Cluster | undefined> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await admin.describeCluster()
  } catch {
    return undefined
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

/** In place of a version, which brokers tell no client. */
export function clusterFinding(cluster: Cluster | undefined): Finding {
  if (!cluster) return fine('Kafka cluster', 'is not shown to this user')
  const { clusterId, brokers, controller } = cluster
  const led = controller === null ? 'no controller' : `controller ${controller}`
  return fine('Kafka cluster', `${clusterId}, ${counted(brokers.length, 'broker')}, ${led}; brokers tell no version`)
}

function seen({ unreadable, deserted }: SeenAtBrokers): Finding[] {
  const letters = unreadable.map(({ topic, messages }) => `${messages} in ${topic}`)
  return [
    deserted.length === 0
      ? fine('Kafka', 'answers, and every service reads its events')
      : problem('Kafka', `nobody reads as ${deserted.join(', ')}`, 'Do these services run, or end again and again?'),
    letters.length === 0
      ? fine('unreadable messages', 'none')
      : warning(
          'unreadable messages',
          letters.join(', '),
          'Read their headers (error, consumer-group, original-offset) with a tool of Kafka; who wrote them? Delete them when done.',
        ),
  ]
}
