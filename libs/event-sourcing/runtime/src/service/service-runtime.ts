import type { Command, CommandReply, RecordedEvent } from '@billstream/event-sourcing-core'
import { CommandHandling } from '../command-handling/command-handling'
import { ViewFactReader } from '../command-handling/fact-reader'
import { runDeadLetterTurns } from '../processes/dead-letter-turns'
import { EventConsumers, type EventConsumer } from '../processes/event-consumers'
import { runOutboxSender } from '../processes/outbox-sender'
import { handleBatch } from '../processes/process-runner'
import type { CommandDispatch } from '../ports/command-dispatch.port'
import type { ProgressBoard } from '../running/progress-board'
import { runUntilAborted } from '../running/retry-loop'
import { WakeUp } from '../running/wake-up'
import { runTimers } from '../timers/timer-firing'
import { runTimerProjection } from '../timers/timer-projection'
import type { PlatformPorts } from './platform-ports'
import type { ServiceDefinition, Worker } from './service-definition'

export interface QueryMessage {
  readonly type: string
  readonly data: unknown
  readonly organizationId: string
  readonly correlationId: string
  readonly now: string
}

export interface UsageMessage {
  readonly requestId: string
  readonly organizationId: string
  readonly payload: unknown
}

/** Runs one service: answers its commands and queries, consumes its events, and keeps its loops going. */
export class ServiceRuntime {
  readonly consumers: EventConsumers
  private readonly handling: CommandHandling
  private readonly outbox: WakeUp
  private readonly timers: WakeUp

  constructor(
    readonly definition: ServiceDefinition,
    private readonly ports: PlatformPorts,
    private readonly dispatch: CommandDispatch,
    private readonly board: ProgressBoard,
  ) {
    this.handling = new CommandHandling(ports, definition.aggregates)
    this.outbox = WakeUp.onBell(`outbox:${definition.context}`, ports)
    this.timers = WakeUp.onBell(`timers:${definition.context}`, ports)
    this.consumers = new EventConsumers([...this.processConsumers(), ...this.subscriberConsumers()], ports)
  }

  command(command: Command): Promise<CommandReply> {
    return this.handling.handle(command)
  }

  async query(message: QueryMessage): Promise<unknown> {
    const { type, data, organizationId, correlationId, now } = message
    const registration = this.definition.queries.find((each) => each.type === type)
    if (!registration) throw new Error(`No query ${type} in ${this.definition.context}.`)
    const facts = new ViewFactReader(this.ports, organizationId)
    return registration.handle(data, { organizationId, correlationId, now, facts })
  }

  usage(requests: readonly UsageMessage[]): Promise<readonly unknown[]> {
    if (!this.definition.ingest) throw new Error(`${this.definition.context} takes no usage.`)
    return this.definition.ingest(requests)
  }

  /** Runs the loops; resolves when `stop` has aborted and all of them have ended. */
  async run(stop: AbortSignal): Promise<void> {
    const { context, timers, workers } = this.definition
    await Promise.all([
      runOutboxSender(context, this.ports, { dispatch: this.dispatch, wakeUp: this.outbox }, stop),
      runTimers(context, this.ports, { dispatch: this.dispatch, wakeUp: this.timers }, stop),
      ...timers.map((rules) =>
        runTimerProjection(rules, this.ports, { board: this.board, onSet: () => this.timers.ring() }, stop),
      ),
      runDeadLetterTurns(context, this.consumers, this.ports, stop),
      ...workers.map((worker) => this.runWorker(worker, stop)),
    ])
  }

  private runWorker(worker: Worker, stop: AbortSignal): Promise<void> {
    const loop = (signal: AbortSignal) => runUntilAborted(worker.name, signal, this.ports, () => worker.run(signal))
    return worker.lease ? this.ports.leases.hold(`worker:${worker.name}`, stop, loop) : loop(stop)
  }

  private processConsumers(): EventConsumer[] {
    return this.definition.processes.map((process) => ({
      name: process.name,
      types: new Set(process.reactsTo),
      handle: async (events) => {
        if (await handleBatch(process, this.ports, events)) this.outbox.ring()
      },
    }))
  }

  private subscriberConsumers(): EventConsumer[] {
    return this.definition.subscribers.map((subscriber) => ({
      name: subscriber.name,
      types: new Set(subscriber.types),
      handle: (events: readonly RecordedEvent[]) => subscriber.handle(events),
    }))
  }
}
