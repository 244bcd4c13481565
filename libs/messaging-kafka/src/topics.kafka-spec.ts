import { ConfigResourceTypes } from 'kafkajs'
import { topics } from '@billstream/messaging'
import { connect } from '../test/kafka-under-test'

const MINUTES_MS = 60_000
const DAY_MS = 86_400_000

describe('topics that the platform has made', () => {
  it.each([
    ['commands', topics.commands('accounts'), DAY_MS],
    ['queries', topics.queries('accounts'), DAY_MS],
    ['replies', topics.replies, 10 * MINUTES_MS],
  ])('keep %s, which may name a person, for so long and no longer', async (_, topic, ms) => {
    const { kafka, nameOf } = await connect()
    const admin = kafka.admin()
    await admin.connect()
    try {
      const configNames = ['retention.ms', 'segment.ms']
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: nameOf(topic), configNames }],
      })
      const found = resources.flatMap(({ configEntries }) =>
        configEntries.map((entry) => [entry.configName, entry.configValue]),
      )
      expect(Object.fromEntries(found)).toEqual({ 'retention.ms': String(ms), 'segment.ms': String(ms) })
    } finally {
      await admin.disconnect()
    }
  })
})
