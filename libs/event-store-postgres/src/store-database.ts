type Scalar = string | number | bigint | boolean | null

/** What the store needs of PostgreSQL; `Database` of persistence-postgres is one. */
export interface StoreDatabase {
  /** Runs as a role that may use schema `store`. Throws StoreUnavailable when the server is away. */
  readonly worker: {
    query<R>(statement: { name?: string; text: string; values?: readonly (Scalar | readonly Scalar[])[] }): Promise<R[]>
  }
  /** Hints between processes: each may be lost. */
  readonly notifications: {
    listen(channel: string, listener: { heard(payload: string): void; resumed(): void }): () => void
    send(channel: string, key: string, payload: string): void
  }
}
