/** A JSON Schema, read keyword by keyword. */
interface Schema {
  readonly [keyword: string]: unknown
}

/**
 * The fields of an object's schema, one line each, `path: type`, in the order of the schema: `fees[].amount: string /.../`.
 * `?` marks a field that may be missing, `[]` an item of a list, `(2)` the second of several shapes, `{}` any key.
 * Descriptions are left out: they promise nothing to a program.
 */
export function fieldLines(schema: object): readonly string[] {
  return membersOf(schema as Schema, '')
}

function linesOf(schema: Schema, path: string): readonly string[] {
  const choices = choicesOf(schema)
  const shapes = choices.filter(hasParts)
  const below = shapes.flatMap((shape, index) => {
    const place = shapes.length > 1 ? `${path}(${index + 1})` : path
    return partsOf(shape, place)
  })
  return [`${path}: ${choices.map(nameOf).join(' | ')}`, ...below]
}

function choicesOf(schema: Schema): readonly Schema[] {
  const choices = schema['anyOf'] as readonly Schema[] | undefined
  return choices?.flatMap(choicesOf) ?? [schema]
}

function hasParts({ type }: Schema): boolean {
  return type === 'object' || type === 'array'
}

function partsOf(shape: Schema, path: string): readonly string[] {
  return shape['type'] === 'array' ? linesOf(shape['items'] as Schema, `${path}[]`) : membersOf(shape, `${path}.`)
}

function membersOf(shape: Schema, prefix: string): readonly string[] {
  const required = (shape['required'] as readonly string[] | undefined) ?? []
  return [
    ...Object.entries(schemasIn(shape, 'properties')).flatMap(([name, member]) =>
      linesOf(member, `${prefix}${name}${required.includes(name) ? '' : '?'}`),
    ),
    ...Object.entries(schemasIn(shape, 'patternProperties')).flatMap(([pattern, member]) =>
      linesOf(member, `${prefix}{${pattern === ANY_KEY ? '' : pattern}}`),
    ),
  ]
}

function schemasIn(shape: Schema, keyword: string): Readonly<Record<string, Schema>> {
  return (shape[keyword] as Readonly<Record<string, Schema>> | undefined) ?? {}
}

/** Type and constraints in a word or two; nothing that a program could rely on is left out. */
function nameOf(schema: Schema): string {
  const { type = 'anything', const: constant, format, pattern, description: _said, ...rest } = schema
  if (constant !== undefined) return JSON.stringify(constant)
  const bounds = Object.entries(rest)
    .filter(([keyword]) => !SHOWN_BELOW.includes(keyword))
    .map(([keyword, value]) => `${keyword}=${JSON.stringify(value)}`)
  return [format ?? type, ...(typeof pattern === 'string' ? [`/${pattern}/`] : []), ...bounds].join(' ')
}

const ANY_KEY = '^(.*)$'
const SHOWN_BELOW = ['properties', 'patternProperties', 'required', 'items']
