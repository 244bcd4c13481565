import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { KafkaSettings } from '@billstream/messaging-kafka'
import type { SettingReader } from './setting-reader'

/** Every fetch names each of them: what is more than the replicas of a service costs, and gives nothing. */
const PARTITIONS = 3
const PREFIX = /^[A-Za-z0-9._-]{1,60}$/
const BROKER = /^[^\s:,/]+:\d{1,5}$/
const PORT_MAX = 65_535
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** clientId: the program's name, unless KAFKA_CLIENT_ID says otherwise. */
export function readKafkaSettings(read: SettingReader, clientId: string): KafkaSettings {
  const tls = readTls(read)
  const sasl = readSasl(read)
  return {
    brokers: readBrokers(read),
    clientId: read.text('KAFKA_CLIENT_ID') ?? clientId,
    topicPrefix: readPrefix(read),
    partitions: read.integer('KAFKA_PARTITIONS', PARTITIONS, { min: 1, max: 1_000 }),
    replicationFactor: read.integer('KAFKA_REPLICATION_FACTOR', 1, { min: 1, max: 100 }),
    ...(tls && { tls }),
    ...(sasl && { sasl }),
  }
}

function readBrokers(read: SettingReader): string[] {
  const text = read.required('KAFKA_BROKERS', 'host:port of the brokers, comma-separated')
  const brokers = text.split(',').map((each) => each.trim())
  for (const broker of brokers) {
    if (text !== '' && !isAddress(broker))
      read.refuse('KAFKA_BROKERS', `${JSON.stringify(broker)} is not host:port, with a port from 1 to ${PORT_MAX}`)
  }
  return brokers
}

function isAddress(broker: string): boolean {
  const port = Number(broker.split(':').at(-1))
  return BROKER.test(broker) && port >= 1 && port <= PORT_MAX
}

function readPrefix(read: SettingReader): string {
  const prefix = read.text('KAFKA_TOPIC_PREFIX') ?? 'billstream'
  if (!PREFIX.test(prefix)) read.refuse('KAFKA_TOPIC_PREFIX', 'may have letters, digits, dots, hyphens and underscores')
  return prefix
}

function readTls(read: SettingReader): KafkaSettings['tls'] | undefined {
  const file = read.text('KAFKA_SSL_CA_FILE')
  if (read.oneOf('KAFKA_SSL', ['on', 'off'], 'off') === 'off') {
    // Whoever names an authority does not expect to send in the clear.
    if (file !== undefined) read.refuse('KAFKA_SSL_CA_FILE', 'is of no use without KAFKA_SSL=on')
    return undefined
  }
  return file === undefined ? {} : readAuthority(file, read)
}

function readAuthority(file: string, read: SettingReader): { readonly ca?: string } {
  try {
    const ca = readFileSync(file, 'utf8')
    if (isCertificates(ca)) return { ca }
    read.refuse('KAFKA_SSL_CA_FILE', `${JSON.stringify(file)} is no certificate in the form PEM`)
  } catch (error) {
    read.refuse('KAFKA_SSL_CA_FILE', `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return {}
}

/** One or more, with whatever text around them; without any the client would trust nobody, and say so at every connection. */
function isCertificates(text: string): boolean {
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? []
  return certificates.length > 0 && certificates.every(isCertificate)
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== ''
  } catch {
    return false
  }
}

function readSasl(read: SettingReader): KafkaSettings['sasl'] | undefined {
  const mechanism = read.oneOf('KAFKA_SASL_MECHANISM', MECHANISMS, undefined)
  if (mechanism === undefined) {
    const given = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'].find((name) => read.text(name) !== undefined)
    if (given !== undefined) read.required('KAFKA_SASL_MECHANISM', `while ${given} is set`)
    return undefined
  }
  const why = 'while KAFKA_SASL_MECHANISM is set'
  return {
    mechanism,
    username: read.required('KAFKA_SASL_USERNAME', why),
    password: read.required('KAFKA_SASL_PASSWORD', why),
  }
}
