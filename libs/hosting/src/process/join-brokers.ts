import { PositionQuiescence, type PlatformPorts, type Quiescence } from '@billstream/event-sourcing-runtime'
import type { MessageBus } from '@billstream/messaging'
import {
  createKafka,
  ensureTopics,
  KafkaBus,
  LoopsOverKafka,
  MessageSeal,
  OutgoingMessages,
  ReplyInbox,
  type KafkaConnection,
  type KafkaSettings,
} from '@billstream/messaging-kafka'
import { loopsOfServices } from '../platform-map'
import { allProjections } from '../read-models'
import { tracedBus } from '../signals/observed-bus'
import { observedKafka } from '../signals/observed-kafka'
import { observedPorts } from '../signals/observed-ports'
import type { OpenSignals } from '../signals/open-signals'
import { readUnsent } from '../signals/read-unsent'
import type { Closers } from './closers'
import { reachBrokers } from './reach-brokers'

export type MemberPorts = PlatformPorts & { readonly bus: MessageBus; readonly quiescence: Quiescence }

/** How a process reaches the others, and what it has in common with them. */
export interface JoinSettings extends KafkaSettings {
  /** Under which requests and replies are sealed. */
  readonly serverSecret: string
}

/** What works with others over Kafka, on whatever ports. */
export interface Joined {
  readonly ports: MemberPorts
  readonly kafka: KafkaConnection
  readonly outgoing: OutgoingMessages
  readonly seal: MessageSeal
}

/**
 * Makes the topics that are missing, opens the bus and the inbox for replies; what is opened is given to `closers`. With
 * `signals` all of it is measured and traced.
 * Throws CannotStart, naming the setting, when no broker answers, or when they refuse the login or a topic.
 */
export async function joinBrokers(
  settings: JoinSettings,
  bare: PlatformPorts,
  closers: Closers,
  signals?: OpenSignals,
): Promise<Joined> {
  const { log } = bare
  const ports = signals ? observedPorts(bare, signals) : bare
  const bareKafka = createKafka(settings, log)
  const kafka = signals ? observedKafka(bareKafka, signals.metrics) : bareKafka
  await reachBrokers(settings, ensureTopics(kafka, settings))
  const outgoing = new OutgoingMessages(kafka, log)
  signals?.metrics.readWith(readUnsent(outgoing))
  await outgoing.open()
  closers.push(() => outgoing.close())
  const seal = new MessageSeal(settings.serverSecret)
  const inbox = new ReplyInbox(kafka, outgoing, seal, log)
  closers.push(() => inbox.close())
  await inbox.open()
  const bareBus = new KafkaBus(outgoing, inbox, seal, settings.partitions)
  const bus = signals ? tracedBus(bareBus, signals.tracing) : bareBus
  const loops = new LoopsOverKafka(kafka, ports, loopsOfServices)
  closers.push(() => loops.close())
  const projections = allProjections.map(({ name }) => name)
  const quiescence = new PositionQuiescence(ports, loops, projections)
  return { ports: { ...ports, bus, quiescence }, kafka, outgoing, seal }
}
