import type { ReplyLane } from '../sending/own-partition'

/** Where the brokers are and how topics are made. */
export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  /** Shown in the brokers' logs and quotas. */
  readonly clientId: string
  /** Where this process is answered; absent: among the services. */
  readonly replyLane?: ReplyLane
  /** Absent: no TLS. ca: PEM of the authority; absent: the system's. */
  readonly tls?: { readonly ca?: string }
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
  /** What the names of topics and groups begin with, so that several platforms can share brokers. */
  readonly topicPrefix: string
  /** Of each topic that is made at start; those that exist keep theirs. */
  readonly partitions: number
  readonly replicationFactor: number
}
