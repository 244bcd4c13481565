import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ProgressBoard, ServiceRuntime, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import type { Context } from '@billstream/event-sourcing-core'
import { KafkaStrategy } from '@billstream/messaging-kafka'
import { ServiceHostModule } from '@billstream/platform'
import { loopsOfServices } from '../platform-map'
import { readServiceSettings, type ServiceSettings } from '../settings/service-settings'
import { readConsumerLags } from '../signals/lags'
import { observedService } from '../signals/observed-service'
import { metricsAccessInside, openSignals } from '../signals/open-signals'
import { Closers } from './closers'
import { startHealthServer } from './health-server'
import { openMember, type Member, type MemberPorts } from './open-member'
import { runProcess, type RunningProcess } from './run-process'

/** How a service is made from its ports and settings. */
export type MakeService = (ports: MemberPorts, settings: ServiceSettings, member: Member) => ServiceDefinition

/** The program of a service as a process of its own: takes its commands, queries and events from Kafka, until it is told to stop. */
export function runService(context: Context, make: MakeService): void {
  runProcess(context, (environment) => startService(context, make, readServiceSettings(environment, context)))
}

async function startService(context: Context, make: MakeService, settings: ServiceSettings): Promise<RunningProcess> {
  const signals = openSignals(context, settings)
  const { log, metrics } = signals
  const closers = new Closers()
  closers.push(signals.close)
  const state: { member?: Member; strategy?: KafkaStrategy } = {}
  const isReady = async () => (state.strategy?.isReady ?? false) && ((await state.member?.isReady()) ?? false)
  try {
    const health = await startHealthServer(
      { host: settings.healthHost, port: settings.healthPort },
      { isReady, metrics, access: metricsAccessInside(settings.signals) },
    )
    closers.push(() => health.close())
    const member = (state.member = await openMember(settings, signals, closers))
    const { ports } = member
    const board = new ProgressBoard()
    const runtime = new ServiceRuntime(make(ports, settings, member), ports, ports.bus, board)
    metrics.readWith(readConsumerLags(() => board.positions(), ports))
    state.strategy = await serve(runtime, member, closers)
    const stopping = new AbortController()
    const running = runtime.run(stopping.signal)
    closers.push(async () => {
      stopping.abort()
      await running
    })
    return { address: health.address, stop: () => closers.run(log) }
  } catch (error) {
    await closers.run(log)
    throw error
  }
}

async function serve(runtime: ServiceRuntime, member: Member, closers: Closers): Promise<KafkaStrategy> {
  const { kafka, outgoing, ports, signals } = member
  const { context } = runtime.definition
  const { consumers } = runtime
  const strategy = new KafkaStrategy({
    ...{ connection: kafka, outgoing, bells: ports.bells, clock: ports.clock, log: ports.log },
    feeds: [
      {
        group: context,
        from: loopsOfServices.listensTo.get(context) ?? [],
        types: consumers.types,
        dealt: () => consumers.refresh(),
      },
    ],
  })
  const onFailure = (error: unknown) => ports.log.error({ err: error, service: context }, 'A message failed.')

  @Module({ imports: [ServiceHostModule.forService(observedService(runtime, signals), onFailure)] })
  class ServiceModule {}

  const microservice = await NestFactory.createMicroservice(ServiceModule, { strategy, logger: false })
  closers.push(() => microservice.close())
  await microservice.listen()
  return strategy
}
