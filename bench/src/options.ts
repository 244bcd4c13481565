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
