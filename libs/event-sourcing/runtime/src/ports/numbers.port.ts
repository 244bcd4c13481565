/** Document numbers without gaps: rows (organization, series, number, document unique). */
export interface Numbers {
  /**
   * Takes the next numbers of their series in one statement, in the order given. A document that has one keeps it.
   * Only what can no longer be refused may take one. Returns document -> number.
   */
  take(
    requests: readonly { organizationId: string; series: string; documentId: string }[],
  ): Promise<ReadonlyMap<string, number>>
}
