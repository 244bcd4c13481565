import { BrokerUnavailable, type Log } from '@billstream/event-sourcing-runtime'
import { readKafkaSettings, SettingReader } from '@billstream/hosting'
import { createKafka, ensureTopic, eventMessage, OutgoingMessages } from '@billstream/messaging-kafka'
import { CommandEnded } from '../console/outcome'
import type { OpenTopic, Topic } from '../replay/topic.port'
import type { Environment } from './settings'

/** Topics of the brokers that the environment or the command names. */
export function kafkaTopics(environment: Environment, log: Log): OpenTopic {
  return async (topic, brokers) => {
    const problems: string[] = []
    const given = brokers === undefined ? environment : { ...environment, KAFKA_BROKERS: brokers }
    const settings = readKafkaSettings(new SettingReader(given, problems), 'billstream-ops')
    if (problems.length > 0) throw new CommandEnded('wrong_usage', problems.join('\n'))
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
