import type { Numbers } from '../ports/numbers.port'

/** Document numbers of one process. */
export class MemoryNumbers implements Numbers {
  private readonly lastOfSeries = new Map<string, number>()
  private readonly numbers = new Map<string, number>()

  async take(
    requests: readonly { organizationId: string; series: string; documentId: string }[],
  ): Promise<ReadonlyMap<string, number>> {
    return new Map(requests.map((request) => [request.documentId, this.numberOf(request)]))
  }

  private numberOf(request: { organizationId: string; series: string; documentId: string }): number {
    const document = JSON.stringify([request.organizationId, request.documentId])
    const known = this.numbers.get(document)
    if (known !== undefined) return known
    const series = JSON.stringify([request.organizationId, request.series])
    const next = (this.lastOfSeries.get(series) ?? 0) + 1
    this.lastOfSeries.set(series, next)
    this.numbers.set(document, next)
    return next
  }
}
