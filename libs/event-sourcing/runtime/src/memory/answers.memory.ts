import { compareInstants } from '@billstream/kernel'
import type { Answers, BeginAnswer, HeldAnswer, KeptAnswer, KeyedMark, MentionPage } from '../ports/answers.port'

type Mark =
  | {
      readonly kind: 'running'
      readonly fingerprint: string
      readonly until: string
      /** An answer with one of these is not kept. */
      readonly unkept: readonly string[]
    }
  | { readonly kind: 'kept'; readonly fingerprint: string; readonly until: string; readonly answer: KeptAnswer }

type Running = Extract<Mark, { kind: 'running' }>
type Kept = Extract<Mark, { kind: 'kept' }>

/** Answers of one process; they end with it. */
export class MemoryAnswers implements Answers {
  private readonly marks = new Map<string, Mark>()

  async begin(scope: string, { key, fingerprint }: KeyedMark, now: string, leaseUntil: string): Promise<BeginAnswer> {
    const place = placeOf(scope, key)
    const known = this.marks.get(place)
    if (known && compareInstants(known.until, now) > 0) return answerOf(known, fingerprint)
    this.marks.set(place, { kind: 'running', fingerprint, until: leaseUntil, unkept: [] })
    return { kind: 'begun' }
  }

  async renew(scope: string, mark: KeyedMark, leaseUntil: string): Promise<void> {
    const running = this.running(scope, mark)
    if (running) this.marks.set(placeOf(scope, mark.key), { ...running, until: leaseUntil })
  }

  async keep(scope: string, mark: KeyedMark, answer: KeptAnswer, keepUntil: string): Promise<void> {
    const { key, fingerprint } = mark
    const running = this.running(scope, mark)
    if (!running) return
    const forgotten = !answer.sealed && running.unkept.some((text) => answer.body.includes(text))
    if (forgotten) this.marks.delete(placeOf(scope, key))
    else this.marks.set(placeOf(scope, key), { kind: 'kept', fingerprint, until: keepUntil, answer })
  }

  async forget(scope: string, mark: KeyedMark): Promise<void> {
    if (this.running(scope, mark)) this.marks.delete(placeOf(scope, mark.key))
  }

  async forgetMentions(scope: string, text: string): Promise<number> {
    let removed = 0
    for (const [place, mark] of this.marks) {
      if (partsOf(place)[0] !== scope) continue
      if (mark.kind === 'running') {
        this.marks.set(place, { ...mark, unkept: [...mark.unkept, text] })
      } else if (mentions(mark, text)) {
        this.marks.delete(place)
        removed += 1
      }
    }
    return removed
  }

  async mentions(scope: string, text: string, { after = '', limit }: MentionPage): Promise<HeldAnswer[]> {
    return [...this.marks]
      .flatMap(([place, mark]) => {
        const [ofScope, key] = partsOf(place)
        return ofScope === scope && mark.kind === 'kept' && mentions(mark, text) ? [heldOf(key, mark)] : []
      })
      .filter(({ key }) => inBytes(key, after) > 0)
      .sort((a, b) => inBytes(a.key, b.key))
      .slice(0, limit)
  }

  async purge(now: string): Promise<number> {
    const ended = [...this.marks].filter(([, mark]) => compareInstants(mark.until, now) <= 0)
    for (const [place] of ended) this.marks.delete(place)
    return ended.length
  }

  private running(scope: string, { key, fingerprint }: KeyedMark): Running | undefined {
    const known = this.marks.get(placeOf(scope, key))
    return known?.kind === 'running' && known.fingerprint === fingerprint ? known : undefined
  }
}

function answerOf(mark: Mark, fingerprint: string): BeginAnswer {
  if (mark.fingerprint !== fingerprint) return { kind: 'reused' }
  return mark.kind === 'kept' ? { kind: 'kept', answer: mark.answer } : { kind: 'running' }
}

function placeOf(scope: string, key: string): string {
  return JSON.stringify([scope, key])
}

function partsOf(place: string): [scope: string, key: string] {
  return JSON.parse(place) as [string, string]
}

function mentions({ answer }: Kept, text: string): boolean {
  return !answer.sealed && answer.body.includes(text)
}

function heldOf(key: string, { until, answer }: Kept): HeldAnswer {
  return { key, until, ...answer }
}

function inBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
