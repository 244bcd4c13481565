import { parseArgs } from 'node:util'

const ROUNDS = 3
const ROUNDS_MAX = 20

export interface BenchOptions {
  /** Names of figures; empty: all of them. */
  readonly only: readonly string[]
  /** Where the report for machines goes. */
  readonly json: string | undefined
  readonly rounds: number
  /** Tiny sizes, to see that it works; the numbers mean nothing. */
  readonly quick: boolean
  /** Where the CPU profiles of the programs go that are measured; taking them costs some of the figure. */
  readonly profile: string | undefined
}

/** For a person; names: what may be measured. */
export function usageOf(names: readonly string[]): string {
  return [
    'Measures what Billstream promises to hold, and prints a table. What bounds each figure: docs/performance.md.',
    '',
    '  --only NAME[,NAME]  these only; may be given several times',
    `  --rounds N          so many rounds of each (${ROUNDS}), up to ${ROUNDS_MAX}; fewer than 3 are not judged`,
    '  --json FILE         writes the report for machines there too',
    '  --quick             tiny sizes: shows that it works, its numbers mean nothing',
    '  --profile FOLDER    writes CPU profiles of the programs that are measured',
    '  --help              this text',
    '',
    `Names: ${names.join(', ')}.`,
    'Example: npm run bench -- --only append_16x1,ingest_single --json figures.json',
  ].join('\n')
}

/** What is wrong with the command line, for a person. */
export class OptionsInvalid extends Error {
  override readonly name = 'OptionsInvalid'
}

/** known: the figures' names. Throws OptionsInvalid. */
export function readOptions(given: readonly string[], known: readonly string[]): BenchOptions {
  const { only, json, rounds, quick, profile } = parse(given)
  const names = (only ?? []).flatMap((each) => each.split(',')).filter((each) => each !== '')
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined) throw new OptionsInvalid(`--only: ${stranger} is none of ${known.join(', ')}.`)
  const number = Number(rounds ?? (quick ? 1 : ROUNDS))
  if (!Number.isInteger(number) || number < 1 || number > ROUNDS_MAX) {
    throw new OptionsInvalid(`--rounds: ${rounds} is not a whole number from 1 to ${ROUNDS_MAX}.`)
  }
  return { only: names, json, rounds: number, quick: quick === true, profile }
}

function parse(given: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        only: { type: 'string', multiple: true },
        json: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean' },
        profile: { type: 'string' },
      },
    })
    return values
  } catch (error) {
    throw new OptionsInvalid((error as Error).message)
  }
}
