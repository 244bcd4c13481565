import { fork, type ChildProcess } from 'node:child_process'
import type { Bench } from '../../world/bench'
import { built } from '../../world/root'

/** Append for so long, then answer. */
export interface AppendOrder {
  readonly durationMs: number
}
export type AppendAnswer = { readonly kind: 'ready' } | { readonly kind: 'appended'; readonly perSecond: number }

/** Processes that append through the event store at the same time. */
export class AppendWorkers {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static async start(
    { closers }: Bench,
    { connectionString, processes, writers }: { connectionString: string; processes: number; writers: number },
  ): Promise<AppendWorkers> {
    const main = built('bench/figures/append/append-worker.main')
    const children = Array.from({ length: processes }, () => fork(main, [connectionString, String(writers)]))
    closers.push(async () => children.forEach((child) => child.kill('SIGKILL')))
    await Promise.all(children.map(answerOf))
    return new AppendWorkers(children)
  }

  /** Events a second, of all processes together. */
  async measure(durationMs: number): Promise<number> {
    const answers = this.children.map(async (child) => {
      const answer = answerOf(child)
      child.send({ durationMs } satisfies AppendOrder)
      return answer
    })
    const rates = (await Promise.all(answers)).map((answer) => (answer.kind === 'appended' ? answer.perSecond : 0))
    return rates.reduce((sum, rate) => sum + rate, 0)
  }
}

function answerOf(child: ChildProcess): Promise<AppendAnswer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`A writing process ended with ${code}.`))
    child.once('exit', ended)
    child.once('message', (answer: AppendAnswer) => {
      child.removeListener('exit', ended)
      resolve(answer)
    })
  })
}
