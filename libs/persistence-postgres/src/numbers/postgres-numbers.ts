import type { Numbers } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'

/** Numbers as rows; a row for each series holds the last one. */
export class PostgresNumbers implements Numbers {
  constructor(private readonly worker: Queries) {}

  async take(
    requests: readonly { organizationId: string; series: string; documentId: string }[],
  ): Promise<ReadonlyMap<string, number>> {
    if (requests.length === 0) return new Map()
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
    return new Map(
      requests.map(({ organizationId, documentId }) => [
        documentId,
        taken.get(placeOf(organizationId, documentId)) as number,
      ]),
    )
  }
}

function placeOf(organizationId: string, documentId: string): string {
  return JSON.stringify([organizationId, documentId])
}
