import { resolve } from 'node:path'
import { storedSecrets } from '@billstream/platform'
import { CommandEnded } from '../console/outcome'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where the platform is, read from the environment that its own start reads. */
export interface OpsSettings {
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL of dataDir. */
  readonly databaseUrl?: string
  /** Absent: events are in PostgreSQL. */
  readonly eventStoreUrl?: string
  readonly kafkaBrokers?: string
  /** Absent: neither given nor kept in dataDir. */
  readonly serverSecret?: string
}

const DATABASE_URL = /^postgres(ql)?:\/\/.+/

/** Throws CommandEnded naming the setting. */
export function readOpsSettings(environment: Environment): OpsSettings {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined
  const dataDir = resolve(text('DATA_DIR') ?? '.data')
  const databaseUrl = text('DATABASE_URL')
  if (databaseUrl !== undefined && !DATABASE_URL.test(databaseUrl)) {
    throw new CommandEnded('wrong_usage', 'DATABASE_URL: must be a postgresql:// address.')
  }
  const eventStoreUrl = text('EVENT_STORE_URL')
  const kafkaBrokers = text('KAFKA_BROKERS')
  const serverSecret = text('SERVER_SECRET') ?? storedSecrets(dataDir).serverSecret
  return {
    dataDir,
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(eventStoreUrl !== undefined && { eventStoreUrl }),
    ...(kafkaBrokers !== undefined && { kafkaBrokers }),
    ...(serverSecret !== undefined && { serverSecret }),
  }
}
