import {
  type Deliveries,
  type DeadLetters,
  type OutboxOutcome,
  type PlatformPorts,
  type ProcessStore,
  type Timers,
} from '@billstream/event-sourcing-runtime'
import { nowMs, type Signals } from '@billstream/platform'
import { observedEventStore } from './observed-event-store'
import { overriding } from './overriding'

/** The same ports, telling what goes through them. */
export function observedPorts(ports: PlatformPorts, signals: Signals): PlatformPorts {
  return {
    ...ports,
    log: signals.log,
    eventStore: observedEventStore(ports.eventStore, signals),
    processes: observedProcesses(ports.processes, signals),
    timers: observedTimers(ports.timers, signals),
    deliveries: observedDeliveries(ports.deliveries, signals),
    deadLetters: observedDeadLetters(ports.deadLetters, signals),
  }
}

function observedProcesses(processes: ProcessStore, { metrics, tracing }: Signals): ProcessStore {
  return overriding(processes, {
    async commit(commit) {
      const startedAtMs = nowMs()
      const committed = await processes.commit(commit)
      if (!committed || !tracing) return committed
      const reactions = new Map(commit.commands.map(({ metadata }) => [metadata.causationId, metadata]))
      for (const { causationId, correlationId } of reactions.values()) {
        tracing.note({ name: `process ${commit.process}`, correlationId, causedBy: causationId, startedAtMs })
      }
      return committed
    },
    async settle(outcomes) {
      await processes.settle(outcomes)
      for (const outcome of outcomes) metrics.count('billstream_process_commands_total', settledAs(outcome))
    },
  })
}

function settledAs({ row, kind }: OutboxOutcome) {
  return { process: row.process, outcome: kind }
}

function observedTimers(timers: Timers, { metrics }: Signals): Timers {
  return overriding(timers, {
    async claimDue(owner, now, claimedUntil, limit) {
      const claimed = await timers.claimDue(owner, now, claimedUntil, limit)
      for (const { due } of claimed) {
        const seconds = (Date.parse(now) - Date.parse(due)) / 1_000
        metrics.time('billstream_timer_delay_seconds', { context: owner }, Math.max(0, seconds))
      }
      return claimed
    },
  })
}

function observedDeliveries(deliveries: Deliveries, { metrics, tracing, log }: Signals): Deliveries {
  return overriding(deliveries, {
    async record(delivery, attempt) {
      await deliveries.record(delivery, attempt)
      const { id, organizationId, correlationId, eventId, webhookType } = delivery
      const { success, httpStatus, durationMs, attemptNumber } = attempt
      const outcome = success ? 'delivered' : httpStatus === null ? 'unanswered' : 'refused'
      metrics.time('billstream_delivery_seconds', { outcome }, durationMs / 1_000)
      const fields = { delivery: id, webhookType, outcome, httpStatus, durationMs, attemptNumber }
      log.info({ ...fields, organizationId, correlationId }, 'delivery')
      const startedAtMs = Date.parse(attempt.attemptedAt)
      tracing?.note({
        name: `deliver ${webhookType}`,
        kind: 'client',
        correlationId,
        causedBy: eventId,
        startedAtMs,
        endedAtMs: startedAtMs + durationMs,
        failed: !success,
        attributes: { 'billstream.outcome': outcome, 'billstream.attempt': attemptNumber },
      })
    },
  })
}

function observedDeadLetters(letters: DeadLetters, { metrics }: Signals): DeadLetters {
  return overriding(letters, {
    async add(letter) {
      await letters.add(letter)
      metrics.count('billstream_dead_letters_total', { consumer: letter.consumer })
    },
  })
}
