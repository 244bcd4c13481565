import { SettingsInvalid } from '@billstream/hosting'
import { readServicesSettings, SERVICES_USAGE } from './services-settings'

const KAFKA = ['--kafka', '127.0.0.1:9092']

describe('settings of the services', () => {
  describe('with brokers alone', () => {
    it('are those of one machine with one process of each', () =>
      expect(readServicesSettings({}, KAFKA)).toMatchObject({
        kafka: { brokers: ['127.0.0.1:9092'] },
        replicas: 1,
        poolMax: 4,
        port: 3000,
      }))
  })

  describe('with a greater pool', () => {
    it('give it to every process', () =>
      expect(readServicesSettings({ DATABASE_POOL_MAX: '9' }, KAFKA).poolMax).toBe(9))
  })

  describe('with as many gateways as there are ports from PORT on', () => {
    it('are taken', () =>
      expect(readServicesSettings({ PORT: '65534' }, [...KAFKA, '--replicas', '2']).replicas).toBe(2))
  })

  describe('with ports that the system gives', () => {
    it('may have replicas', () =>
      expect(readServicesSettings({ PORT: '0' }, [...KAFKA, '--replicas', '2']).replicas).toBe(2))
  })

  describe('that are wrong', () => {
    it.each([
      [
        'more gateways than there are ports from PORT on',
        { PORT: '65535' },
        [...KAFKA, '--replicas', '2'],
        /^PORT: .*--replicas 2/,
      ],
      ['a pool without connections', { DATABASE_POOL_MAX: '0' }, KAFKA, /^DATABASE_POOL_MAX: /],
      [
        'a user of Kafka without a way to log in',
        { KAFKA_SASL_USERNAME: 'me' },
        KAFKA,
        /^KAFKA_SASL_MECHANISM: .*KAFKA_SASL_USERNAME/,
      ],
      ['a port of a broker that there is not', {}, ['--kafka', '127.0.0.1:99999'], /^KAFKA_BROKERS: "127.0.0.1:99999"/],
      [
        'a database whose address cannot be read',
        { DATABASE_URL: 'postgresql://me:secret@here:there/x' },
        KAFKA,
        /^DATABASE_URL: /,
      ],
    ])('name %s, and nothing else', (_, environment, options, words) =>
      expect(problemsOf(environment, options)).toEqual([expect.stringMatching(words)]),
    )
  })
})

describe('the usage of the services', () => {
  it('names every option', () => {
    for (const option of ['--kafka', '--replicas', '--help']) expect(SERVICES_USAGE).toContain(option)
  })
})

function problemsOf(environment: Record<string, string>, options: readonly string[]): readonly string[] {
  try {
    readServicesSettings(environment, options)
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems
    throw error
  }
  return []
}
