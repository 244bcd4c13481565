import type {
  Answers,
  BeginAnswer,
  HeldAnswer,
  KeptAnswer,
  KeyedMark,
  MentionPage,
} from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { TenantQuery } from '../database/tenant-query'

// A mark that is made while this statement runs is invisible to its second half: then neither half gives a row.
const BEGIN = `
  with begun as (
    insert into gateway.answers as known (scope, key, fingerprint, until) values ($1, $2, $3, $5)
    on conflict (scope, key) do update
       set fingerprint = excluded.fingerprint, until = excluded.until, status = null, body = null, sealed = null,
                  unkept = '{}'
     where known.until <= $4
    returning true)
  select true as begun, null as fingerprint, null::smallint as status, null as body, null::boolean as sealed from begun
  union all
  select false, fingerprint, status, body, sealed from gateway.answers
   where scope = $1 and key = $2 and not exists (select from begun)`

const OWN_MARK = 'where scope = $1 and key = $2 and fingerprint = $3 and status is null'
const MENTIONS_FORGOTTEN = 'not $7 and exists (select from unnest(unkept) mention where strpos($6, mention) > 0)'
const KEEP = `
  with dropped as (delete from gateway.answers ${OWN_MARK} and (${MENTIONS_FORGOTTEN}))
  update gateway.answers set until = $4, status = $5, body = $6, sealed = $7 ${OWN_MARK} and not (${MENTIONS_FORGOTTEN})`

/** Sealed ones are left alone: only their caller can read them. */
const MENTIONS = 'scope = $1 and not sealed and strpos(body, $2) > 0'

interface Mark {
  readonly begun: boolean
  readonly fingerprint: string
  readonly status: number | null
  readonly body: string
  readonly sealed: boolean
}

/** Answers as rows. The scope is the tenant: row-level security keeps the marks of one from another. */
export class PostgresAnswers implements Answers {
  constructor(
    private readonly tenant: TenantQuery,
    private readonly worker: Queries,
  ) {}

  async begin(scope: string, { key, fingerprint }: KeyedMark, now: string, leaseUntil: string): Promise<BeginAnswer> {
    const values = [scope, key, fingerprint, now, leaseUntil]
    const look = () => this.tenant.rows<Mark>(scope, { name: 'answer_begin', text: BEGIN, values })
    const mark = (await look())[0] ?? (await look())[0]
    // No row twice: others begin and end the key in between, so it runs.
    return mark ? answerOf(mark, fingerprint) : { kind: 'running' }
  }

  async renew(scope: string, { key, fingerprint }: KeyedMark, leaseUntil: string): Promise<void> {
    await this.tenant.execute(scope, {
      name: 'answer_renew',
      text: `update gateway.answers set until = $4 ${OWN_MARK}`,
      values: [scope, key, fingerprint, leaseUntil],
    })
  }

  async keep(scope: string, { key, fingerprint }: KeyedMark, answer: KeptAnswer, keepUntil: string): Promise<void> {
    await this.tenant.execute(scope, {
      name: 'answer_keep',
      text: KEEP,
      values: [scope, key, fingerprint, keepUntil, answer.status, answer.body, answer.sealed],
    })
  }

  async forget(scope: string, { key, fingerprint }: KeyedMark): Promise<void> {
    await this.tenant.execute(scope, {
      name: 'answer_forget',
      text: `delete from gateway.answers ${OWN_MARK}`,
      values: [scope, key, fingerprint],
    })
  }

  async forgetMentions(scope: string, text: string): Promise<number> {
    const values = [scope, text]
    // First: an answer that is being kept at this moment is either stopped here or seen by the second statement.
    const [, removed] = await this.tenant.group(scope, [
      {
        text: 'update gateway.answers set unkept = array_append(unkept, $2) where scope = $1 and status is null',
        values,
      },
      { text: `delete from gateway.answers where ${MENTIONS}`, values },
    ])
    return removed?.count ?? 0
  }

  mentions(scope: string, text: string, { after = '', limit }: MentionPage): Promise<HeldAnswer[]> {
    return this.tenant.rows<HeldAnswer>(scope, {
      text: `select key, until, status, body, sealed from gateway.answers
              where ${MENTIONS} and key > $3 order by key limit $4`,
      values: [scope, text, after, limit],
    })
  }

  purge(now: string): Promise<number> {
    return this.worker.execute({ text: 'delete from gateway.answers where until <= $1', values: [now] })
  }
}

function answerOf({ begun, fingerprint, status, body, sealed }: Mark, asked: string): BeginAnswer {
  if (begun) return { kind: 'begun' }
  if (fingerprint !== asked) return { kind: 'reused' }
  return status === null ? { kind: 'running' } : { kind: 'kept', answer: { status, body, sealed } }
}
