import { MemoryUsageLog, type Ingested, type UsageBatch } from '@billstream/event-sourcing-runtime'

/** Takes all usage at once and keeps none: what is left is the way to it. */
export class InstantUsageLog extends MemoryUsageLog {
  override async ingest(batches: readonly UsageBatch[]): Promise<Ingested> {
    const outcomes = batches.map(({ events }) => events.map((event) => ({ kind: 'created' as const, event })))
    return { outcomes, periodsChanged: false }
  }
}
