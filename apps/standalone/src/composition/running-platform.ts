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
import { observedProjections, observedService, tracedBus, type Positions } from '@billstream/hosting'
import type { MessageBus } from '@billstream/messaging'
import { feedProgress, InProcessBus, InProcessStrategy, runEventFeed } from '@billstream/messaging-in-process'
import { ServiceHostModule, type Signals } from '@billstream/platform'
import { runProjector } from '@billstream/projector'

export type ServicePorts = PlatformPorts & { readonly bus: MessageBus; readonly quiescence: Quiescence }

export interface PlatformOptions {
  readonly ports: PlatformPorts
  readonly projections: readonly Projection[]
  readonly signals: Signals
  /** Every service of the process, given what it may reach. */
  readonly services: (ports: ServicePorts) => readonly ServiceDefinition[]
}

/** All services of one process, at work. */
export interface RunningPlatform {
  readonly bus: MessageBus
  readonly quiescence: Quiescence
  /** Where the loops that react to events stand. */
  readonly positions: Positions
  /** Stops taking work, finishes what it has, writes its positions. A repeat is safe. */
  stop(): Promise<void>
}

/** Starts every service, feed and projection in this process; resolves when messages can be answered. */
export async function runPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { ports, signals } = options
  const { projections, viewWriter } = observedProjections(options.projections, ports.viewWriter, signals)
  const transport = new InProcessBus()
  const bus = tracedBus(transport, signals.tracing)
  const board = new ProgressBoard()
  const loops: string[] = []
  const quiescence = new PositionQuiescence(
    ports,
    progressOnBoard(board, () => loops),
    projections.map(({ name }) => name),
  )
  const runtimes = options
    .services({ ...ports, bus, quiescence })
    .map((definition) => new ServiceRuntime(definition, ports, bus, board))
  const fed = runtimes.filter(({ consumers }) => consumers.types.length > 0)
  loops.push(
    ...fed.map(({ definition }) => feedProgress(definition.context)),
    ...runtimes.flatMap(({ definition }) => definition.timers.map(timersProgress)),
  )
  const microservice = await serve(runtimes, transport, signals)

  const stopping = new AbortController()
  const { signal } = stopping
  // Every loop of the process listens to the one stop.
  setMaxListeners(0, signal)
  const running = Promise.all([
    runProjector(projections, { ...ports, viewWriter }, signal),
    ...fed.map(({ definition, consumers }) =>
      runEventFeed({ context: definition.context, types: consumers.types }, transport, { ...ports, board }, signal),
    ),
    ...runtimes.map((runtime) => runtime.run(signal)),
  ])
  return {
    bus,
    quiescence,
    positions: () => board.positions(),
    async stop() {
      stopping.abort()
      await running
      await microservice.close()
    },
  }
}

async function serve(runtimes: readonly ServiceRuntime[], bus: InProcessBus, signals: Signals) {
  const onFailure = (error: unknown) => signals.log.error({ err: error }, 'A message failed.')

  @Module({ imports: runtimes.map((each) => ServiceHostModule.forService(observedService(each, signals), onFailure)) })
  class ServicesModule {}

  const microservice = await NestFactory.createMicroservice(ServicesModule, {
    strategy: new InProcessStrategy(bus),
    logger: false,
  })
  await microservice.listen()
  return microservice
}
