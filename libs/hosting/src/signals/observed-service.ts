import type { Command, CommandReply, RecordedEvent } from '@billstream/event-sourcing-core'
import type { QueryMessage, ServiceRuntime, UsageMessage } from '@billstream/event-sourcing-runtime'
import { nowMs, type ServedService, type Signals } from '@billstream/platform'
import type { IngestAnswer } from '@billstream/usage-contracts'

/** One line, one count and one span per command; counts and times of queries, usage and events. */
export function observedService(runtime: ServiceRuntime, signals: Signals): ServedService {
  const { definition } = runtime
  const types = new Set(definition.aggregates.flatMap(({ decider }) => decider.commands.map(({ type }) => type)))
  const queries = new Set(definition.queries.map(({ type }) => type))
  const observed = new ObservedService(runtime, signals)
  // What comes from outside may name anything: only what is declared becomes a label.
  const known = (names: ReadonlySet<string>, type: string) => (names.has(type) ? type : 'unknown')
  return {
    definition,
    command: (command) => observed.command(command, known(types, command.type)),
    query: (query) => observed.query(query, known(queries, query.type)),
    usage: (requests) => observed.usage(requests),
    consumers: { handle: (events) => observed.events(events) },
  }
}

class ObservedService {
  private readonly context: string

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly signals: Signals,
  ) {
    this.context = runtime.definition.context
  }

  async command(command: Command, type: string): Promise<CommandReply> {
    const startedAtMs = nowMs()
    const handle = () => this.runtime.command(command)
    const { tracing } = this.signals
    try {
      const reply = await (tracing
        ? tracing.run(this.handlingOf(`handle ${type}`, command.metadata.correlationId), handle, outcomeOf)
        : handle())
      this.noteCommand(command, { type, code: reply.ok ? 'ok' : reply.error.code }, startedAtMs)
      return reply
    } catch (error) {
      this.noteCommand(command, { type, code: 'failed' }, startedAtMs)
      throw error
    }
  }

  async query(query: QueryMessage, type: string): Promise<unknown> {
    const startedAtMs = nowMs()
    const handle = () => this.runtime.query(query)
    const { tracing, metrics } = this.signals
    try {
      return await (tracing ? tracing.run(this.handlingOf(`answer ${type}`, query.correlationId), handle) : handle())
    } finally {
      metrics.time('billstream_query_seconds', { context: this.context, type }, secondsSince(startedAtMs))
    }
  }

  async usage(requests: readonly UsageMessage[]): Promise<readonly unknown[]> {
    const startedAtMs = nowMs()
    const { metrics } = this.signals
    let outcome = 'failed'
    try {
      const answers = await this.runtime.usage(requests)
      outcome = 'ok'
      this.noteUsage(answers as readonly IngestAnswer[])
      return answers
    } finally {
      metrics.time('billstream_ingestion_seconds', { outcome }, secondsSince(startedAtMs))
    }
  }

  async events(events: readonly RecordedEvent[]): Promise<void> {
    await this.runtime.consumers.handle(events)
    const [first] = events
    if (!first) return
    const seconds = Math.max(0, (nowMs() - Date.parse(first.recordedAt)) / 1_000)
    this.signals.metrics.time('billstream_event_age_seconds', { context: this.context }, seconds)
  }

  private noteCommand(
    { metadata }: Command,
    { type, code }: { readonly type: string; readonly code: string },
    startedAtMs: number,
  ): void {
    const { context } = this
    const { log, metrics } = this.signals
    const seconds = secondsSince(startedAtMs)
    metrics.count('billstream_commands_total', { context, type, code })
    metrics.time('billstream_command_seconds', { context, type }, seconds)
    const { organizationId, correlationId, commandId } = metadata
    const durationMs = Math.round(seconds * 10_000) / 10
    log.info({ context, command: type, outcome: code, durationMs, organizationId, correlationId, commandId }, 'command')
  }

  /** Counted per request and then added once: an event costs an increment of a number. */
  private noteUsage(answers: readonly IngestAnswer[]): void {
    const counts = { created: 0, duplicate: 0, conflict: 0, refused: 0, unknown_metric: 0 }
    for (const answer of answers) {
      if (!answer.ok) counts.unknown_metric += 1
      else for (const { status } of answer.events) counts[status] += 1
    }
    for (const [outcome, count] of Object.entries(counts)) {
      if (count > 0) this.signals.metrics.count('billstream_usage_events_total', { outcome }, count)
    }
  }

  private handlingOf(name: string, correlationId: string) {
    return { name, kind: 'consumer' as const, correlationId, attributes: { 'billstream.context': this.context } }
  }
}

function outcomeOf(reply: CommandReply) {
  return { 'billstream.outcome': reply.ok ? 'ok' : reply.error.code }
}

function secondsSince(startedAtMs: number): number {
  return (nowMs() - startedAtMs) / 1_000
}
