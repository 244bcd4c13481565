import { kafkaTopics } from './kafka-topic'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
/** Nobody listens there: whoever is refused has not asked. */
const brokers = '127.0.0.1:1'

describe('a topic of the platform', () => {
  it.each([
    ['billstream.events.invoicing', {}],
    ['acme.usage', { KAFKA_TOPIC_PREFIX: 'acme' }],
    ['acme.billing.commands.accounts', { KAFKA_TOPIC_PREFIX: 'acme.billing' }],
  ])('is not written to by an operator: %s', async (topic, environment) => {
    const opening = kafkaTopics(environment, log)(topic, brokers)
    await expect(opening).rejects.toMatchObject({
      outcome: 'wrong_usage',
      message: expect.stringMatching(/^--topic: /) as string,
    })
  })
})
