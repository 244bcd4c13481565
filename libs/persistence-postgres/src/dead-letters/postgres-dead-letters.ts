import type { DeadLetter, DeadLetters } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import { jsonText, storableText } from '../stored-text'

const COLUMNS = 'id, consumer, key, message, error, tries, at'

/** Dead letters as rows, in the order added. */
export class PostgresDeadLetters implements DeadLetters {
  constructor(private readonly worker: Queries) {}

  async add({ id, consumer, key, message, error, tries, at }: DeadLetter): Promise<void> {
    await this.worker.execute({
      name: 'dead_letter_add',
      text: `insert into runtime.dead_letters (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
      values: [id, consumer, key, jsonText(message), storableText(error), tries, at],
    })
  }

  async blockedKeys(consumer: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set()
    const rows = await this.worker.query<{ key: string }>({
      name: 'dead_letters_blocked',
      text: 'select distinct key from runtime.dead_letters where consumer = $1 and key = any($2::text[])',
      values: [consumer, keys],
    })
    return new Set(rows.map(({ key }) => key))
  }

  list({ consumer, limit }: { consumer?: string; limit: number }): Promise<DeadLetter[]> {
    return this.worker.query<DeadLetter>({
      text: `select ${COLUMNS} from runtime.dead_letters where $1::text is null or consumer = $1 order by seq limit $2`,
      values: [consumer ?? null, limit],
    })
  }

  ofKey(consumer: string, key: string): Promise<DeadLetter[]> {
    return this.worker.query<DeadLetter>({
      text: `select ${COLUMNS} from runtime.dead_letters where consumer = $1 and key = $2 order by seq`,
      values: [consumer, key],
    })
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.worker.execute({ text: 'delete from runtime.dead_letters where id = any($1::text[])', values: [ids] })
  }
}
