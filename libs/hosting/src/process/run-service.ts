import type { Context } from '@billstream/event-sourcing-core'
import type { ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { KafkaStrategy } from '@billstream/messaging-kafka'
import { readServiceSettings, type ServiceSettings } from '../settings/service-settings'
import { metricsAccessInside, openSignals } from '../signals/open-signals'
import { Closers } from './closers'
import { startHealthServer } from './health-server'
import type { MemberPorts } from './join-brokers'
import { isMemberReady, openMember, type Member } from './open-member'
import { runProcess, type RunningProcess } from './run-process'
import { serveOverKafka } from './serve-over-kafka'

/** How a service is made from its ports and settings. */
export type MakeService = (ports: MemberPorts, settings: ServiceSettings, member: Member) => ServiceDefinition

/** The program of a service as a process of its own: takes its commands, queries and events from Kafka, until it is told to stop. */
export function runService(context: Context, make: MakeService): void {
  runProcess(context, (environment, signal) => {
    const settings = readServiceSettings(environment, context)
    return startService({ context, settings, signal }, make)
  })
}

interface ServiceStart {
  readonly context: Context
  readonly settings: ServiceSettings
  readonly signal: AbortSignal
}

async function startService({ context, settings, signal }: ServiceStart, make: MakeService): Promise<RunningProcess> {
  const signals = openSignals(context, settings)
  const { log, metrics } = signals
  const closers = new Closers(signal)
  closers.push(signals.close)
  const state: { member?: Member; strategy?: KafkaStrategy } = {}
  const isReady = async () => (state.strategy?.isReady ?? false) && (await isMemberReady(state.member))
  try {
    const health = await startHealthServer(
      { host: settings.healthHost, port: settings.healthPort },
      { isReady, metrics, access: metricsAccessInside(settings) },
    )
    closers.push(() => health.close())
    const member = (state.member = await openMember(settings, signals, closers, { followsFew: true }))
    state.strategy = await serveOverKafka(make(member.ports, settings, member), member, closers, signals)
    return { address: health.address, stop: () => closers.run(log) }
  } catch (error) {
    await closers.run(log)
    throw error
  }
}
