import { KafkaJSAggregateError, KafkaJSProtocolError } from 'kafkajs'

/** Another process has made it meanwhile: no refusal. */
const IS_THERE = 'TOPIC_ALREADY_EXISTS'

/** The brokers do not make a topic, or do not let it be used. The message is their reason. */
export class TopicRefused extends Error {
  override readonly name = 'TopicRefused'

  constructor(
    /** Its name at the brokers. */
    readonly topic: string,
    /** Kafka's own name of the reason, such as INVALID_REPLICATION_FACTOR. */
    readonly code: string,
    reason: string,
  ) {
    super(reason)
  }
}

/** The first of the refusals that the client has thrown together for topics that were to be made; undefined: there is none. */
export function refusedCreation(thrown: unknown): TopicRefused | undefined {
  if (!(thrown instanceof KafkaJSAggregateError)) return undefined
  const refused = thrown.errors.filter(isAboutTopic).find(({ type }) => type !== IS_THERE)
  return refused && new TopicRefused(refused.topic, refused.type, refused.message)
}

/** Brokers that do not let a topic be used say so however often they are asked; undefined: they said something else. */
export function refusedUse(thrown: unknown, topic: string): TopicRefused | undefined {
  if (!(thrown instanceof KafkaJSProtocolError) || !isAboutRights(thrown.type)) return undefined
  return new TopicRefused(topic, thrown.type, thrown.message)
}

/** Whether an operator of the brokers must give the user a right. */
export function isAboutRights(code: string): boolean {
  return code.endsWith('AUTHORIZATION_FAILED')
}

/** The client has a class for it that it does not declare. */
function isAboutTopic(error: unknown): error is KafkaJSProtocolError & { readonly topic: string } {
  return error instanceof KafkaJSProtocolError && 'topic' in error
}
