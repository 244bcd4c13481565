import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** An Apache Kafka broker of one node, without encryption or accounts. */
export interface Broker {
  /** `host:port`, the same after a restart. */
  readonly brokers: string
  /** Of the broker's process; undefined in Docker. Another one after a restart. */
  readonly pid: number | undefined
  /** For good. Without a dataDir the data go too. */
  stop(): Promise<void>
  /** At once, as a power cut does. Clients that are connected learn of it. */
  kill(): Promise<void>
  /** Again, with the same address and data, also after kill(); resolves when it serves. */
  restart(): Promise<void>
  /** Alive but silent: clients learn nothing. */
  pause(): Promise<void>
  resume(): Promise<void>
}

export interface BrokerOptions {
  /** Kept from run to run. Default: a temporary folder. */
  readonly dataDir?: string
  /** Default: a free one. */
  readonly port?: number
  /** Is told what takes long. */
  readonly log?: (message: string) => void
}

/**
 * The address, `host:port`, of the broker that all Kafka suites of this run share: see uniqueName.
 * Throws outside the jest project `kafka`, which starts it.
 */
export function testBroker(): string {
  const brokers = process.env['BILLSTREAM_TEST_KAFKA']
  if (brokers === undefined)
    throw new Error('No Kafka broker runs for this jest project: name the suite *.kafka-spec.ts.')
  return brokers
}

/** A name that no other suite has, for topics and groups on the shared broker. */
export function uniqueName(name: string): string {
  return `${name}-${randomBytes(6).toString('hex')}`
}

/**
 * A broker of a suite's own, that it may stop, kill and pause; up in about 5 s. It does not outlive this process.
 * Throws with the end of the broker's log when it does not come up.
 */
export function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  // From the root in both places: libs/testing/src and dist/libs/testing. The tool is plain JavaScript, as jest needs it
  // before anything is compiled.
  const root = resolve(__dirname, '../../..')
  const tool = createRequire(__filename)(join(root, 'tools/kafka/broker.cjs')) as {
    startBroker(options: BrokerOptions): Promise<Broker>
  }
  return tool.startBroker(options)
}
