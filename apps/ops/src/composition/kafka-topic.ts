import { BrokerUnavailable, type Log } from '@billstream/event-sourcing-runtime'
import { readKafkaSettings, SettingReader } from '@billstream/hosting'
import {
  createKafka,
  ensureTopic,
  eventMessage,
  OutgoingMessages,
  type KafkaSettings,
} from '@billstream/messaging-kafka'
import { CommandEnded, wrongUsage } from '../console/outcome'
import type { OpenTopic, Topic } from '../replay/topic.port'
import type { Environment } from './settings'

/** Topics of the brokers that the environment or the command names. */
export function kafkaTopics(environment: Environment, log: Log): OpenTopic {
  return async (topic, brokers) => {
    const problems: string[] = []
    const given = brokers === undefined ? environment : { ...environment, KAFKA_BROKERS: brokers }
    const settings = readKafkaSettings(new SettingReader(given, problems), 'billstream-ops')
    if (problems.length > 0) throw new CommandEnded('wrong_usage', problems.join('\n'))
    refuseOwnTopic(topic, settings)
    // A subscriber's topic has the name that the operator gave it, whatever those of the platform begin with.
    const connection = {
      ...createKafka(settings, log),
      nameOf: (name: string) => name,
      topicOf: (name: string) => name,
    }
    const outgoing = new OutgoingMessages(connection, log)
    try {
      await ensureTopic(connection, topic, settings)
      await outgoing.open()
    } catch (error) {
      if (error instanceof BrokerUnavailable) throw new CommandEnded('unavailable', `Kafka: ${error.message}`)
      throw error
    }
    return writing(topic, outgoing)
  }
}

/** The platform's own topics would take a replay for news. Their names begin with the prefix that its services have. */
function refuseOwnTopic(topic: string, { topicPrefix }: KafkaSettings): void {
  if (!topic.startsWith(`${topicPrefix}.`)) return
  throw wrongUsage('--topic', `names beginning with ${topicPrefix}. are the platform’s own.`)
}

function writing(topic: string, outgoing: OutgoingMessages): Topic {
  return {
    async publish(events) {
      await Promise.all(
        events.map(({ event, descriptor }) => outgoing.send(eventMessage(event, { topic, descriptor }))),
      )
    },
    close: () => outgoing.close(),
  }
}
