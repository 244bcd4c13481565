import type { ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { Context } from '@billstream/event-sourcing-core'
import type { KafkaStrategy } from '@billstream/messaging-kafka'
import { createLog } from '@billstream/platform'
import { readServiceSettings, type ServiceSettings } from '../settings/service-settings'
import { Closers } from './closers'
import { startHealthServer } from './health-server'
import type { MemberPorts } from './join-brokers'
import { openMember, type Member } from './open-member'
import { runProcess, type RunningProcess } from './run-process'
import { serveOverKafka } from './serve-over-kafka'

/** How a service is made from its ports and settings. */
export type MakeService = (ports: MemberPorts, settings: ServiceSettings, member: Member) => ServiceDefinition

/** The program of a service as a process of its own: takes its commands, queries and events from Kafka, until it is told to stop. */
export function runService(context: Context, make: MakeService): void {
  runProcess(context, (environment) => startService(make, readServiceSettings(environment, context)))
}

async function startService(make: MakeService, settings: ServiceSettings): Promise<RunningProcess> {
  const log = createLog(settings.logLevel)
  const closers = new Closers()
  const state: { member?: Member; strategy?: KafkaStrategy } = {}
  const isReady = async () => (state.strategy?.isReady ?? false) && ((await state.member?.isReady()) ?? false)
  try {
    const health = await startHealthServer({ host: settings.healthHost, port: settings.healthPort }, isReady)
    closers.push(() => health.close())
    const member = (state.member = await openMember(settings, log, closers))
    state.strategy = await serveOverKafka(make(member.ports, settings, member), member, closers)
    return { address: health.address, stop: () => closers.run(log) }
  } catch (error) {
    await closers.run(log)
    throw error
  }
}
