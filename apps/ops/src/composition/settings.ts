import { resolve } from 'node:path'
import { isKurrentUrl } from '@billstream/event-store-kurrentdb'
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

const POSTGRES_URL = /^postgres(ql)?:\/\/.+/

/** Throws CommandEnded naming the setting. */
export function readOpsSettings(environment: Environment): OpsSettings {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined
  const dataDir = resolve(text('DATA_DIR') ?? '.data')
  const databaseUrl = text('DATABASE_URL')
  checkPostgresUrl(databaseUrl)
  const eventStoreUrl = text('EVENT_STORE_URL')
  checkEventStoreUrl(eventStoreUrl)
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

/** As it may be shown: of several hosts as well. */
export function withoutPassword(address: string): string {
  return address.replace(/\/\/([^:@/]*):[^/]*@/, '//$1:***@').replace(/([?&]password=)[^&]*/gi, '$1***')
}

/** The address itself is not repeated: it may hold a password. */
function checkPostgresUrl(address: string | undefined): void {
  if (address === undefined || (POSTGRES_URL.test(address) && URL.canParse(address))) return
  throw new CommandEnded('wrong_usage', 'DATABASE_URL: must be such as postgresql://user:password@host:5432/name.')
}

/** What follows the scheme is looked at by the store's own client. */
function checkEventStoreUrl(address: string | undefined): void {
  if (address === undefined || isKurrentUrl(address)) return
  throw new CommandEnded('wrong_usage', 'EVENT_STORE_URL: must begin with kurrentdb:// or esdb://.')
}
