import type { Position } from '@billstream/event-sourcing-core'
import {
  allProjections,
  Closers,
  followedStore,
  isMemberReady,
  loopsOfServices,
  metricsAccessInside,
  observedProjections,
  openMember,
  openSignals,
  pacedStore,
  publishedAs,
  tracedPublish,
  readConsumerLags,
  readGroupLags,
  readProjectionLags,
  readQueueDepths,
  readServiceSettings,
  runProcess,
  startHealthServer,
  type Environment,
  type Member,
  type RunningProcess,
} from '@billstream/hosting'
import { GroupLags, OutgoingMessages, RELAY, runEventRelay } from '@billstream/messaging-kafka'
import { runProjector } from '../projector'

/** How much later an event may be published under load, in milliseconds: those of the meantime are sent together. */
const RELAY_REST_MS = 25

/** Keeps the read models up to date and publishes events, until it is told to stop. */
export function runProjectorProcess(): void {
  runProcess('projector', start)
}

async function start(environment: Environment, signal: AbortSignal): Promise<RunningProcess> {
  const settings = readServiceSettings(environment, 'projector')
  const signals = openSignals('projector', settings)
  const { log, metrics } = signals
  const closers = new Closers(signal)
  closers.push(signals.close)
  let member: Member | undefined
  try {
    const isReady = () => isMemberReady(member)
    const health = await startHealthServer(
      { host: settings.healthHost, port: settings.healthPort },
      { isReady, metrics, access: metricsAccessInside(settings) },
    )
    closers.push(() => health.close())
    member = await openMember(settings, signals, closers)
    runLoops(member, closers)
    return { address: health.address, stop: () => closers.run(log) }
  } catch (error) {
    await closers.run(log)
    throw error
  }
}

function runLoops(member: Member, closers: Closers): void {
  const { kafka, signals } = member
  const outgoing = new OutgoingMessages(kafka, signals.log)
  closers.push(() => outgoing.close())
  const { projections, viewWriter } = observedProjections(allProjections, member.ports.viewWriter, signals)
  const ports = { ...member.ports, viewWriter }
  const relayed = new Map<string, Position>()
  const paced = pacedStore(ports, RELAY_REST_MS)
  closers.push(() => Promise.resolve(paced.close()))
  const eventStore = followedStore(paced.eventStore, (position) => relayed.set(RELAY, position))
  const stopping = new AbortController()
  const running = Promise.all([
    runProjector(projections, ports, stopping.signal),
    runEventRelay(
      publishedAs,
      tracedPublish((message) => outgoing.send(message), signals.tracing),
      { ...ports, eventStore },
      stopping.signal,
    ),
  ])
  closers.push(async () => {
    stopping.abort()
    await running
  })
  tellWhatWaits(member, relayed, closers)
}

/** Lags and queues of the whole platform: what all processes share is told by this one. */
function tellWhatWaits(
  { ports, kafka, queueDepths, signals }: Member,
  relayed: ReadonlyMap<string, Position>,
  closers: Closers,
): void {
  const groups = new GroupLags(kafka, loopsOfServices.listensTo)
  closers.push(() => groups.close())
  signals.metrics.readWith(readProjectionLags(() => ports.viewProgress.positions(), ports))
  signals.metrics.readWith(readConsumerLags(() => relayed, ports))
  signals.metrics.readWith(readGroupLags(groups))
  signals.metrics.readWith(readQueueDepths({ queueDepths }))
}
