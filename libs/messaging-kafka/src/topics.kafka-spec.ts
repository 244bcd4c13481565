import { ConfigResourceTypes } from 'kafkajs'
import { topics } from '@billstream/messaging'
import { connect } from '../test/kafka-under-test'

const MINUTES_MS = 60_000
const DAY_MS = 86_400_000

/** What the brokers have for a topic that the platform has just made. */
async function settingsOf(topic: string, ...configNames: string[]): Promise<Record<string, string>> {
  const { kafka, nameOf } = await connect()
  const admin = kafka.admin()
  await admin.connect()
  try {
    const asked = { type: ConfigResourceTypes.TOPIC, name: nameOf(topic), configNames }
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [asked] })
    const entries = resources.flatMap(({ configEntries }) => configEntries)
    return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
  } finally {
    await admin.disconnect()
  }
}

describe('topics that the platform has made', () => {
  it.each([
    ['commands', topics.commands('accounts'), DAY_MS],
    ['queries', topics.queries('accounts'), DAY_MS],
    ['replies', topics.replies, 10 * MINUTES_MS],
  ])('keep %s for so long and no longer', async (_, topic, ms) => {
    const settings = await settingsOf(topic, 'retention.ms', 'segment.ms')
    expect(settings).toEqual({ 'retention.ms': String(ms), 'segment.ms': String(ms) })
  })

  it.each([
    ['events, however long a service is away', topics.events('accounts')],
    ['letters until somebody has read them', topics.deadLetters(topics.events('accounts'))],
  ])('keep %s', async (_, topic) => {
    const settings = await settingsOf(topic, 'retention.ms', 'retention.bytes')
    expect(settings).toEqual({ 'retention.ms': '-1', 'retention.bytes': '-1' })
  })
})
