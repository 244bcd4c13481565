import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { TopicRefused } from '@billstream/messaging-kafka'
import { CannotStart } from './cannot-start'
import { reachBrokers } from './reach-brokers'

const settings = { brokers: ['kafka-0:9092'], partitions: 6, replicationFactor: 3, topicPrefix: 'billstream' }
const sasl = { mechanism: 'plain', username: 'billing', password: 'pass-word' } as const

async function failureOf(refusal: Error, more: object = {}): Promise<Error> {
  return reachBrokers({ ...settings, ...more }, Promise.reject(refusal)).catch((error: Error) => error)
}

describe('brokers that a program needs', () => {
  describe('that refuse a topic', () => {
    it.each([
      ['INVALID_REPLICATION_FACTOR', /^KAFKA_REPLICATION_FACTOR: the topic t .*kafka-0:9092 with 3 replicas: because/],
      ['INVALID_PARTITIONS', /^KAFKA_PARTITIONS: the topic t .* with 6 partitions: because/],
      ['INVALID_TOPIC_EXCEPTION', /^KAFKA_TOPIC_PREFIX: the topic t .*: because/],
      ['POLICY_VIOLATION', /^KAFKA_BROKERS: the topic t .*: because \(POLICY_VIOLATION\)/],
      ['TOPIC_AUTHORIZATION_FAILED', /^KAFKA_BROKERS: this program may not make or use the topic t at kafka-0:9092/],
    ])('for %s are explained in one line that names the setting, the topic and the reason', async (code, words) => {
      const failure = await failureOf(new TopicRefused('t', code, 'because'))
      expect(failure).toBeInstanceOf(CannotStart)
      expect(failure.message).toMatch(words)
      expect(failure.message).not.toContain('\n')
    })

    it('to a user name the user, and no password', async () => {
      const { message } = await failureOf(new TopicRefused('t', 'CLUSTER_AUTHORIZATION_FAILED', 'because'), { sasl })
      expect(message).toMatch(/^KAFKA_SASL_USERNAME: billing may not make or use the topic t .*because/)
      expect(message).not.toContain('pass-word')
    })
  })

  describe('that do not answer', () => {
    it('are named by where they were looked for', async () => {
      const { message } = await failureOf(new BrokerUnavailable('refused'))
      expect(message).toBe('KAFKA_BROKERS: no broker answers at kafka-0:9092: refused.')
    })
  })

  describe('that fail otherwise', () => {
    it('keep their failure', async () => {
      const bug = new Error('impossible')
      expect(await failureOf(bug)).toBe(bug)
    })
  })
})
