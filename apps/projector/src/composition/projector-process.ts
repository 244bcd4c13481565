import type { RecordedEvent } from '@billstream/event-sourcing-core'
import {
  allProjections,
  Closers,
  eventsByContext,
  openMember,
  readServiceSettings,
  runProcess,
  startHealthServer,
  type Environment,
  type Member,
  type RunningProcess,
} from '@billstream/hosting'
import { topics } from '@billstream/messaging'
import { OutgoingMessages, runEventRelay } from '@billstream/messaging-kafka'
import { createLog } from '@billstream/platform'
import { runProjector } from '../projector'

/** Keeps the read models up to date and publishes events, until it is told to stop. */
export function runProjectorProcess(): void {
  runProcess('projector', start)
}

async function start(environment: Environment): Promise<RunningProcess> {
  const settings = readServiceSettings(environment, 'projector')
  const log = createLog(settings.logLevel)
  const closers = new Closers()
  let member: Member | undefined
  try {
    const isReady = async () => (await member?.isReady()) ?? false
    const health = await startHealthServer({ host: settings.healthHost, port: settings.healthPort }, isReady)
    closers.push(() => health.close())
    member = await openMember(settings, log, closers)
    runLoops(member, closers)
    return { address: health.address, stop: () => closers.run(log) }
  } catch (error) {
    await closers.run(log)
    throw error
  }
}

function runLoops({ ports, kafka }: Member, closers: Closers): void {
  const outgoing = new OutgoingMessages(kafka, ports.log)
  closers.push(() => outgoing.close())
  const stopping = new AbortController()
  const running = Promise.all([
    runProjector(allProjections, ports, stopping.signal),
    runEventRelay(publishedAs, outgoing, ports, stopping.signal),
  ])
  closers.push(async () => {
    stopping.abort()
    await running
  })
}

const published = new Map(
  Object.entries(eventsByContext).flatMap(([context, descriptors]) =>
    descriptors
      .filter(({ internal }) => !internal)
      .map((descriptor) => {
        const topic = topics.events(context as keyof typeof eventsByContext)
        return [descriptor.type, { topic, descriptor }] as const
      }),
  ),
)

/** Internal events, and those of no context, stay in the store. */
function publishedAs({ type }: RecordedEvent) {
  return published.get(type)
}
