import {
  allProjections,
  Closers,
  openMember,
  publishedAs,
  readServiceSettings,
  runProcess,
  startHealthServer,
  type Environment,
  type Member,
  type RunningProcess,
} from '@billstream/hosting'
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
