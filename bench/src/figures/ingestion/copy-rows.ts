import type { Client, Connection, Submittable } from 'pg'

/** What the driver's own connection can do, and its types leave out. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** One COPY FROM STDIN of rows that are text already, its own transaction. Rejects when the server refuses it. */
export function copyRows(client: Client, sql: string, rows: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new Copy(sql, rows, (error) => (error ? reject(error) : resolve())))
  })
}

/** Speaks the copy protocol through the driver, which calls it back by these names. */
class Copy implements Submittable {
  private failure: Error | undefined

  constructor(
    private readonly sql: string,
    private readonly rows: string,
    private readonly done: (error: Error | undefined) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.sql)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.rows))
    connection.endCopyFrom()
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.failure = error
    this.done(error)
  }

  handleReadyForQuery(): void {
    if (!this.failure) this.done(undefined)
  }
}
