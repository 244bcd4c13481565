import type { Queries } from '../database/queries'
import { ALARMS } from '../processes/postgres-process-store'

/** Rows are counted up to here: a deeper queue is told as so deep. */
const QUEUE_DEPTH_MAX = 100_000

/** What waits, by queue and by whom it is for. */
export interface QueueDepth {
  readonly queue: 'outbox' | 'work' | 'deliveries' | 'timers' | 'dead_letters' | 'refused_commands'
  /** Context, queue of work, or consumer; `due` for deliveries. */
  readonly name: string
  readonly count: number
}

const counted = (queue: QueueDepth['queue'], name: string, rows: string) =>
  `select '${queue}' as queue, name, count(*) as count from
     (select ${name} as name from ${rows} limit ${QUEUE_DEPTH_MAX}) waiting group by name`

const DEPTHS = [
  counted('outbox', 'owner', 'runtime.outbox'),
  counted('work', 'queue', 'runtime.work_items where done_at is null'),
  counted('deliveries', `'due'`, `webhooks.deliveries where status = 'pending' and next_attempt_at <= now()`),
  counted('timers', 'owner', 'runtime.timers where fired_at is null and clock_id is null and due <= now()'),
  counted('dead_letters', 'consumer', 'runtime.dead_letters'),
  counted('refused_commands', 'owner', ALARMS),
].join('\nunion all\n')

/** Depths of all queues of all processes, in one statement over the indexes of what is open. */
export class PostgresQueueDepths {
  constructor(private readonly worker: Queries) {}

  /** Queues in which nothing waits are left out. Throws StoreUnavailable. */
  async read(): Promise<QueueDepth[]> {
    const rows = await this.worker.query<QueueDepth>({ name: 'queue_depths', text: DEPTHS })
    return rows.map((row) => ({ ...row, count: Number(row.count) }))
  }
}
