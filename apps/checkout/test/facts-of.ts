import type { Projection, ViewDefinition } from '@billstream/event-sourcing-core'
import type { FactReader } from '@billstream/event-sourcing-runtime'

type Row = Record<string, unknown> & { id: string }

/** Facts from rows by projection name; equality filters only. */
export function factsOf(rows: Readonly<Record<string, readonly Row[]>>): FactReader {
  const of = ({ name }: Projection) => rows[name] ?? []
  return {
    get: async <V extends ViewDefinition>(projection: Projection<V>, id: string) =>
      of(projection as unknown as Projection).find((row) => row.id === id),
    find: async <V extends ViewDefinition>(projection: Projection<V>, options: { where?: object; limit: number }) =>
      of(projection as unknown as Projection)
        .filter((row) => Object.entries(options.where ?? {}).every(([column, value]) => row[column] === value))
        .slice(0, options.limit),
  } as unknown as FactReader
}
