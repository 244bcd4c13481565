import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { readKafkaSettings } from './kafka-settings'
import { SettingReader } from './setting-reader'

describe('the way to the brokers', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'billstream-kafka-settings-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function file(text: string): string {
    const path = join(folder, 'authority.pem')
    writeFileSync(path, text)
    return path
  }

  function read(environment: Record<string, string>) {
    const problems: string[] = []
    const reader = new SettingReader({ KAFKA_BROKERS: 'kafka:9092', ...environment }, problems)
    return { settings: readKafkaSettings(reader, 'spec'), problems }
  }

  describe('with an authority of its own', () => {
    const authorities = rootCertificates.slice(0, 2).join('\n')

    it('is encrypted, and trusts it', () => {
      const { settings, problems } = read({ KAFKA_SSL: 'on', KAFKA_SSL_CA_FILE: file(`# ours\n${authorities}`) })
      expect(settings.tls?.ca).toContain(authorities)
      expect(problems).toEqual([])
    })

    it.each([{}, { KAFKA_SSL: 'off' }, { KAFKA_SSL: '' }])('is refused while it is in the clear: %j', (ssl) => {
      expect(read({ ...ssl, KAFKA_SSL_CA_FILE: file(authorities) }).problems).toEqual([
        'KAFKA_SSL_CA_FILE: is of no use without KAFKA_SSL=on.',
      ])
    })

    it.each([
      ['of something else', '{}'],
      ['of nothing', ''],
      ['of a private key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
      ['of a damaged certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
      ['of which one is damaged', `${authorities}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`],
    ])('in a file %s is refused by name', (_what, text) => {
      const { problems } = read({ KAFKA_SSL: 'on', KAFKA_SSL_CA_FILE: file(text) })
      expect(problems).toEqual([expect.stringMatching(/^KAFKA_SSL_CA_FILE: ".*authority\.pem" is no certificate/)])
    })

    it('in a file that is not there is refused by name', () => {
      const { problems } = read({ KAFKA_SSL: 'on', KAFKA_SSL_CA_FILE: join(folder, 'nowhere') })
      expect(problems).toEqual([expect.stringMatching(/^KAFKA_SSL_CA_FILE: cannot be read: .*ENOENT/)])
    })
  })
})
