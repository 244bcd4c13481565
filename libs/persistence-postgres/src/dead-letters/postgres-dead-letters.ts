import type {
  DeadLetter,
  DeadLetters,
  EndedLetter,
  EventReference,
  KeptLetter,
  LetterEnd,
} from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { Statement } from '../database/statement-group'
import { jsonText, storableText } from '../stored-text'

const LETTER = 'id, consumer, key, message, error, tries, at'
const KEPT = `${LETTER}, waits`

// What has left is not added again: its message came once more after a crash.
const ADD = `
  insert into runtime.dead_letters (${KEPT})
  select $1, $2, $3, $4::json, $5, $6, $7, $6 = 0 where not exists (select from runtime.ended_letters where id = $1)
  on conflict (id) do nothing`

const TAKEABLE = `
  select ${KEPT} from (
    select distinct on (consumer, key) seq, ${KEPT} from runtime.dead_letters
     where consumer = any($1::text[]) order by consumer, key, seq) first
   where waits order by seq limit $2`

const END = `
  with ended as (
    delete from runtime.dead_letters where id = any($1::text[]) returning seq, ${LETTER}),
  kept as (
    insert into runtime.ended_letters (${LETTER}, outcome, ended_by, reason, ended_at)
    select ${LETTER}, $2, $3, $4, $5 from ended order by seq
    on conflict (id) do nothing)
  select count(*)::int as count from ended`

/** The column has its name from before, when it held the whole event. */
type LetterRow<Letter extends DeadLetter> = Omit<Letter, 'event'> & { readonly message: EventReference }

type KeptRow = LetterRow<KeptLetter>

type EndedRow = LetterRow<DeadLetter> & {
  readonly outcome: LetterEnd['outcome']
  readonly ended_by: string
  readonly reason: string
  readonly ended_at: string
}

/** Dead letters as rows, in the order added. */
export class PostgresDeadLetters implements DeadLetters {
  constructor(private readonly worker: Queries) {}

  async add({ id, consumer, key, event, error, tries, at }: DeadLetter): Promise<void> {
    await this.worker.execute({
      name: 'dead_letter_add',
      text: ADD,
      values: [id, consumer, key, jsonText(event), storableText(error), tries, at],
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

  list({ consumer, limit }: { consumer?: string; limit: number }): Promise<KeptLetter[]> {
    return this.kept({
      text: `select ${KEPT} from runtime.dead_letters where $1::text is null or consumer = $1 order by seq limit $2`,
      values: [consumer ?? null, limit],
    })
  }

  async get(id: string): Promise<KeptLetter | undefined> {
    const text = `select ${KEPT} from runtime.dead_letters where id = $1`
    const [letter] = await this.kept({ text, values: [id] })
    return letter
  }

  ofKey(consumer: string, key: string): Promise<KeptLetter[]> {
    return this.kept({
      text: `select ${KEPT} from runtime.dead_letters where consumer = $1 and key = $2 order by seq`,
      values: [consumer, key],
    })
  }

  async pendingOf(correlationId: string): Promise<number> {
    const [row] = await this.worker.query<{ count: number }>({
      name: 'dead_letters_pending_of',
      text: `select count(*)::int as count from runtime.dead_letters where message ->> 'correlationId' = $1`,
      values: [correlationId],
    })
    return row?.count ?? 0
  }

  takeable(consumers: readonly string[], limit: number): Promise<KeptLetter[]> {
    const values = [consumers, limit]
    return this.kept({ name: 'dead_letters_takeable', text: TAKEABLE, values })
  }

  retry(ids: readonly string[]): Promise<number> {
    return this.worker.execute({
      text: 'update runtime.dead_letters set waits = true where id = any($1::text[]) and not waits',
      values: [ids],
    })
  }

  async failedAgain(id: string, { error, tries }: { error: string; tries: number }): Promise<void> {
    await this.worker.execute({
      text: 'update runtime.dead_letters set error = $2, tries = tries + $3, waits = false where id = $1',
      values: [id, storableText(error), tries],
    })
  }

  async end(ids: readonly string[], { outcome, by, reason, at }: LetterEnd): Promise<number> {
    const values = [ids, outcome, by, storableText(reason), at]
    const [row] = await this.worker.query<{ count: number }>({ text: END, values })
    return row?.count ?? 0
  }

  async ended({ consumer, limit }: { consumer?: string; limit: number }): Promise<EndedLetter[]> {
    const rows = await this.worker.query<EndedRow>({
      text: `select ${LETTER}, outcome, ended_by, reason, ended_at from runtime.ended_letters
              where $2::text is null or consumer = $2 order by seq desc limit $1`,
      values: [limit, consumer ?? null],
    })
    return rows.map(({ outcome, ended_by, reason, ended_at, ...row }) => ({
      ...letterOf(row),
      end: { outcome, by: ended_by, reason, at: ended_at },
    }))
  }

  private async kept(statement: Statement): Promise<KeptLetter[]> {
    return (await this.worker.query<KeptRow>(statement)).map(letterOf)
  }
}

function letterOf<Row extends LetterRow<DeadLetter>>({
  message,
  ...row
}: Row): Omit<Row, 'message'> & Pick<DeadLetter, 'event'> {
  return { ...row, event: message }
}
