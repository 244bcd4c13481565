import { compareInstants } from '@billstream/kernel'
import type { Answers, BeginAnswer, KeptAnswer } from '../ports/answers.port'

type Mark =
  | { readonly kind: 'running'; readonly fingerprint: string; readonly until: string }
  | { readonly kind: 'kept'; readonly fingerprint: string; readonly until: string; readonly answer: KeptAnswer }

/** Answers of one process; they end with it. */
export class MemoryAnswers implements Answers {
  private readonly marks = new Map<string, Mark>()

  async begin(scope: string, key: string, fingerprint: string, now: string, leaseUntil: string): Promise<BeginAnswer> {
    const place = placeOf(scope, key)
    const mark = this.marks.get(place)
    if (mark && compareInstants(mark.until, now) > 0) return answerOf(mark, fingerprint)
    this.marks.set(place, { kind: 'running', fingerprint, until: leaseUntil })
    return { kind: 'begun' }
  }

  async renew(scope: string, key: string, leaseUntil: string): Promise<void> {
    const place = placeOf(scope, key)
    const mark = this.marks.get(place)
    if (mark?.kind === 'running') this.marks.set(place, { ...mark, until: leaseUntil })
  }

  async keep(scope: string, key: string, answer: KeptAnswer, keepUntil: string): Promise<void> {
    const place = placeOf(scope, key)
    const mark = this.marks.get(place)
    if (mark) this.marks.set(place, { kind: 'kept', fingerprint: mark.fingerprint, until: keepUntil, answer })
  }

  async forget(scope: string, key: string): Promise<void> {
    const place = placeOf(scope, key)
    if (this.marks.get(place)?.kind === 'running') this.marks.delete(place)
  }

  async purge(now: string): Promise<number> {
    const ended = [...this.marks].filter(([, mark]) => compareInstants(mark.until, now) <= 0)
    for (const [place] of ended) this.marks.delete(place)
    return ended.length
  }
}

function answerOf(mark: Mark, fingerprint: string): BeginAnswer {
  if (mark.fingerprint !== fingerprint) return { kind: 'reused' }
  return mark.kind === 'kept' ? { kind: 'kept', answer: mark.answer } : { kind: 'running' }
}

function placeOf(scope: string, key: string): string {
  return JSON.stringify([scope, key])
}
