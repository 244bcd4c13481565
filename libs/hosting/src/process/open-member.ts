import { PositionQuiescence, type PlatformPorts, type Quiescence } from '@billstream/event-sourcing-runtime'
import {
  createKafka,
  type KafkaConnection,
  ensureTopics,
  KafkaBus,
  LoopsOverKafka,
  OutgoingMessages,
  ReplyInbox,
} from '@billstream/messaging-kafka'
import type { MessageBus } from '@billstream/messaging'
import { allMigrations, openPostgresPlatform, type PostgresPlatform } from '../postgres-platform'
import { loopsOfServices } from '../platform-map'
import { allProjections } from '../read-models'
import type { ServiceSettings } from '../settings/service-settings'
import { tracedBus } from '../signals/observed-bus'
import { observedKafka } from '../signals/observed-kafka'
import { observedPorts } from '../signals/observed-ports'
import type { OpenSignals } from '../signals/open-signals'
import { readPools } from '../signals/read-database'
import { readUnsent } from '../signals/read-unsent'
import type { Closers } from './closers'

export type MemberPorts = PlatformPorts & { readonly bus: MessageBus; readonly quiescence: Quiescence }

/** A process that works with others over Kafka: its ports, its bus, and what it is ready by. */
export interface Member {
  readonly ports: MemberPorts
  readonly kafka: KafkaConnection
  readonly outgoing: OutgoingMessages
  readonly database: PostgresPlatform['database']
  readonly queueDepths: PostgresPlatform['queueDepths']
  readonly signals: OpenSignals
  /** Whether no migration is missing and the brokers answer this process. */
  isReady(): Promise<boolean>
}

/** Opens the database, the brokers and the inbox for replies; what is opened is given to `closers`. */
export async function openMember(settings: ServiceSettings, signals: OpenSignals, closers: Closers): Promise<Member> {
  const { databaseUrl: connectionString, eventStoreUrl, serverSecret, poolMax, migrations } = settings
  const options = { connectionString, eventStoreUrl, serverSecret, poolMax, migrations }
  const { log, metrics } = signals
  const platform = await openPostgresPlatform(options, log)
  closers.push(() => platform.close())
  metrics.readWith(readPools(platform.database))
  const kafka = observedKafka(createKafka(settings.kafka, log), metrics)
  await ensureTopics(kafka, settings.kafka)
  const outgoing = new OutgoingMessages(kafka, log)
  metrics.readWith(readUnsent(outgoing))
  await outgoing.open()
  closers.push(() => outgoing.close())
  const inbox = new ReplyInbox(kafka, outgoing, log)
  closers.push(() => inbox.close())
  await inbox.open()
  const bus = tracedBus(new KafkaBus(outgoing, inbox, settings.kafka.partitions), signals.tracing)
  const ports = observedPorts(platform.ports, signals)
  const loops = new LoopsOverKafka(kafka, ports, loopsOfServices)
  closers.push(() => loops.close())
  const projections = allProjections.map(({ name }) => name)
  return {
    ports: { ...ports, bus, quiescence: new PositionQuiescence(ports, loops, projections) },
    kafka,
    outgoing,
    database: platform.database,
    queueDepths: platform.queueDepths,
    signals,
    isReady: async () => (await platform.database.pendingMigrations(allMigrations)).length === 0,
  }
}
