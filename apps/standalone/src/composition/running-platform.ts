import { setMaxListeners } from 'node:events'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Projection } from '@billstream/event-sourcing-core'
import {
  PositionQuiescence,
  ProgressBoard,
  progressOnBoard,
  ServiceRuntime,
  timersProgress,
  type PlatformPorts,
  type Quiescence,
  type ServiceDefinition,
} from '@billstream/event-sourcing-runtime'
import { feedProgress, InProcessBus, InProcessStrategy, runEventFeed } from '@billstream/messaging-in-process'
import type { MessageBus } from '@billstream/messaging'
import { ServiceHostModule } from '@billstream/platform'
import { runProjector } from '@billstream/projector'

export type ServicePorts = PlatformPorts & { readonly bus: MessageBus; readonly quiescence: Quiescence }

export interface PlatformOptions {
  readonly ports: PlatformPorts
  readonly projections: readonly Projection[]
  /** Every service of the process, given what it may reach. */
  readonly services: (ports: ServicePorts) => readonly ServiceDefinition[]
}

/** All services of one process, at work. */
export interface RunningPlatform {
  readonly bus: InProcessBus
  readonly quiescence: Quiescence
  /** Stops taking work, finishes what it has, writes its positions. A repeat is safe. */
  stop(): Promise<void>
}

/** Starts every service, feed and projection in this process; resolves when messages can be answered. */
export async function runPlatform({ ports, projections, services }: PlatformOptions): Promise<RunningPlatform> {
  const bus = new InProcessBus()
  const board = new ProgressBoard()
  const loops: string[] = []
  const quiescence = new PositionQuiescence(
    ports,
    progressOnBoard(board, () => loops),
    projections.map(({ name }) => name),
  )
  const runtimes = services({ ...ports, bus, quiescence }).map(
    (definition) => new ServiceRuntime(definition, ports, bus, board),
  )
  const fed = runtimes.filter(({ consumers }) => consumers.types.length > 0)
  loops.push(
    ...fed.map(({ definition }) => feedProgress(definition.context)),
    ...runtimes.flatMap(({ definition }) => definition.timers.map(timersProgress)),
  )
  const microservice = await serve(runtimes, bus, ports)

  const stopping = new AbortController()
  const { signal } = stopping
  // Every loop of the process listens to the one stop.
  setMaxListeners(0, signal)
  const running = Promise.all([
    runProjector(projections, ports, signal),
    ...fed.map(({ definition, consumers }) =>
      runEventFeed({ context: definition.context, types: consumers.types }, bus, { ...ports, board }, signal),
    ),
    ...runtimes.map((runtime) => runtime.run(signal)),
  ])
  return {
    bus,
    quiescence,
    async stop() {
      stopping.abort()
      await running
      await microservice.close()
    },
  }
}

async function serve(runtimes: readonly ServiceRuntime[], bus: InProcessBus, { log }: PlatformPorts) {
  const onFailure = (error: unknown) => log.error({ err: error }, 'A message failed.')

  @Module({ imports: runtimes.map((runtime) => ServiceHostModule.forService(runtime, onFailure)) })
  class ServicesModule {}

  const microservice = await NestFactory.createMicroservice(ServicesModule, {
    strategy: new InProcessStrategy(bus),
    logger: false,
  })
  await microservice.listen()
  return microservice
}
