import { InvalidArgumentError } from 'commander'

/** One usage event of each line: its metric, and which columns become properties. */
export interface EventMapping {
  readonly code: string
  readonly fields: readonly { readonly field: string; readonly column: string }[]
}

const FORM =
  'It must be CODE or CODE:FIELD=COLUMN, further fields after a comma, such as tokens:tokens=GeneratedTokens.'

/** A parser of the repeatable option `--event`. */
export function eventMapping(text: string, before: readonly EventMapping[] = []): readonly EventMapping[] {
  const colon = text.indexOf(':')
  const code = colon < 0 ? text : text.slice(0, colon)
  if (code.trim() === '') throw new InvalidArgumentError(FORM)
  const fields =
    colon < 0
      ? []
      : text
          .slice(colon + 1)
          .split(',')
          .map(fieldOf)
  const twice = fields.find(({ field }, index) => fields.findIndex((other) => other.field === field) !== index)
  if (twice) throw new InvalidArgumentError(`It names the field ${twice.field} twice; which is meant is not known.`)
  return [...before, { code: code.trim(), fields }]
}

function fieldOf(text: string): { field: string; column: string } {
  const equals = text.indexOf('=')
  const [field, column] = [text.slice(0, Math.max(0, equals)).trim(), text.slice(equals + 1).trim()]
  if (field === '' || column === '') throw new InvalidArgumentError(FORM)
  if (field === '__proto__') throw new InvalidArgumentError('__proto__ can be no field: what reads JSON leaves it out.')
  return { field, column }
}

/** What tells the events of one line apart: the code, and a number where one code comes more than once. */
export function eventKeys(mappings: readonly EventMapping[]): readonly string[] {
  const seen = new Map<string, number>()
  return mappings.map(({ code }) => {
    const times = (seen.get(code) ?? 0) + 1
    seen.set(code, times)
    return times === 1 ? code : `${code}#${times}`
  })
}
