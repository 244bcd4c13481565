import { Collected, type Numbers } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'

type Requests = Parameters<Numbers['take']>[0]

/** Numbers as rows; a row for each series holds the last one. What one turn of the event loop takes is one statement. */
export class PostgresNumbers implements Numbers {
  private readonly takings = new Collected<Requests, ReadonlyMap<string, number>>(
    () => 'numbers',
    (asks) => this.takeAll(asks),
  )

  constructor(private readonly worker: Queries) {}

  async take(requests: Requests): Promise<ReadonlyMap<string, number>> {
    return requests.length === 0 ? new Map() : this.takings.ask(requests)
  }

  private async takeAll(asks: readonly Requests[]): Promise<ReadonlyMap<string, number>[]> {
    const requests = asks.flat()
    const rows = await this.worker.query<{ document_id: string; organization_id: string; number: string }>({
      name: 'numbers_take',
      text: 'select organization_id, document_id, number from runtime.take_numbers($1::text[], $2::text[], $3::text[])',
      values: [
        requests.map(({ organizationId }) => organizationId),
        requests.map(({ series }) => series),
        requests.map(({ documentId }) => documentId),
      ],
    })
    const taken = new Map(rows.map((row) => [placeOf(row.organization_id, row.document_id), Number(row.number)]))
    const numberOf = ({ organizationId, documentId }: Requests[number]) =>
      [documentId, taken.get(placeOf(organizationId, documentId)) as number] as const
    return asks.map((asked) => new Map(asked.map(numberOf)))
  }
}

function placeOf(organizationId: string, documentId: string): string {
  return JSON.stringify([organizationId, documentId])
}
