import fc from 'fast-check'
import type { Queries } from '../database/queries'
import type { Statement, StatementResult } from '../database/statement-group'
import { PassedOver } from './passed-over'
import type { ProjectionPositions } from './projection-positions'

const NAMES = ['a', 'b', 'c']
const quiet = { moved: () => undefined, told: () => undefined } as unknown as ProjectionPositions

/** The checkpoints as a database has them; each statement gets there, and its answer back, when the scheduler says so. */
class Checkpoints {
  readonly positions = new Map(NAMES.map((name) => [name, 0n]))

  constructor(private readonly scheduler: fc.Scheduler) {}

  readonly queries = {
    query: async (statement: Statement) => (await this.run([statement]))[0]?.rows,
    group: (statements: readonly Statement[]) => this.run(statements),
  } as unknown as Queries

  private async run(statements: readonly Statement[]): Promise<StatementResult[]> {
    const results = await this.scheduler
      .schedule(Promise.resolve())
      .then(() => statements.map((each) => this.apply(each)))
    return this.scheduler.schedule(Promise.resolve(results))
  }

  private apply({ name, values = [] }: Statement): StatementResult {
    const [names, , stored, reached] = values as unknown as [string[], number[], bigint[], bigint[]]
    const rows = names.flatMap((each, index) =>
      this.move(each, stored[index], reached[index]) ? [{ name: each }] : [],
    )
    return { rows: name === 'commit' ? [{ moved: rows.length > 0 }] : rows, count: rows.length }
  }

  private move(name: string, from: bigint | undefined, to: bigint | undefined): boolean {
    if (from === undefined || to === undefined || this.positions.get(name) !== from) return false
    this.positions.set(name, to)
    return true
  }
}

/** As the writer of views does it. */
async function commit(passedOver: PassedOver, name: string, move: { from: bigint; to: bigint }): Promise<boolean> {
  const from = await passedOver.take({ name, version: 1 }, move.from)
  const [row] = await passedOver.alongside({
    name: 'commit',
    text: '',
    values: [[name], [1], [from], [move.to]] as never,
  })
  if (row?.['moved'] !== true) return false
  passedOver.holds({ name, version: 1 }, move.to)
  return true
}

describe('moves that are passed over', () => {
  it('leave each projection where the database has it, whoever stores them, and in whatever order the answers come', async () => {
    const moves = fc.array(fc.constantFrom('rows', 'none', 'store'), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.tuple(moves, moves, moves), async (scheduler, works) => {
        const checkpoints = new Checkpoints(scheduler)
        const passedOver = new PassedOver(checkpoints.queries, quiet)
        const failed: string[] = []
        const run = async (name: string, work: readonly string[]) => {
          passedOver.holds({ name, version: 1 }, 0n)
          let from = 0n
          for (const step of work) {
            await scheduler.schedule(Promise.resolve())
            if (step === 'store') void passedOver.store()
            else {
              const move = { from, to: from + 1n }
              const isDone =
                step === 'none' ? passedOver.note({ name, version: 1 }, move) : await commit(passedOver, name, move)
              if (!isDone) failed.push(`${name} ${from}`)
              from += 1n
            }
          }
          return from
        }
        const running = Promise.all(NAMES.map((name, index) => run(name, works[index] ?? [])))
        const reached = await scheduler.waitFor(running)
        await scheduler.waitFor(passedOver.store())
        expect(failed).toEqual([])
        expect([...checkpoints.positions.values()]).toEqual(reached)
      }),
      { numRuns: 500 },
    )
  })
})
