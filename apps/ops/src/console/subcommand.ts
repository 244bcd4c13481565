import { parseInstant } from '@billstream/kernel'
import { InvalidArgumentError, type Command } from 'commander'

export interface CommandText {
  /** One sentence. */
  readonly description: string
  /** A whole call without the program's name, such as `streams show invoice-0192...`. */
  readonly example: string
}

/** The group of commands of this name, made at the first call, so that several files may fill one group. */
export function commandGroup(program: Command, name: string, description: string): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name).description(description)
}

/**
 * A command of the tool: with `--json` for machines and an example in its help. usage: name and arguments.
 * `--silent`, since npm's own two lines would precede the result in a pipe.
 */
export function subcommand(group: Command, usage: string, { description, example }: CommandText): Command {
  return group
    .command(usage)
    .description(description)
    .option('--json', 'print JSON for machines instead of text')
    .addHelpText('after', `\nExample:\n  npm run --silent ops -- ${example}`)
}

/** A parser of options and arguments: a whole number within bounds, both inclusive. */
export function wholeNumber({ min, max }: { min: number; max: number }): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

/** A parser of positions of the store: whole numbers from 0 on. */
export function position(text: string): bigint {
  if (/^\d{1,19}$/.test(text)) return BigInt(text)
  throw new InvalidArgumentError('It must be a position of the store: a whole number from 0 on.')
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A parser of ids: UUIDs, in lower case. */
export function id(text: string): string {
  const lower = text.toLowerCase()
  if (ID.test(lower)) return lower
  throw new InvalidArgumentError('It must be an id (UUID).')
}

/** A parser of instants; a date alone is its first moment in UTC. A time needs its zone: what a person means is not known here. */
export function instant(text: string): string {
  const shaped = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
  const parsed = shaped ? parseInstant(text) : undefined
  if (parsed?.ok) return parsed.value
  throw new InvalidArgumentError('It must be an instant such as 2026-07-01T00:00:00Z, or a date.')
}

/** A parser of names. A variable that a script has not set gives a blank one, which would mean something else. */
export function filled(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It must not be blank.')
}

/** A parser of options: one of a few words. */
export function oneOf<const T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((each) => each === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`It must be one of ${allowed.join(', ')}.`)
  }
}
