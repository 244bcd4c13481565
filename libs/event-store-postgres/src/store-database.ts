type Scalar = string | number | bigint | boolean | null

interface Asking {
  query<R>(statement: { name?: string; text: string; values?: readonly (Scalar | readonly Scalar[])[] }): Promise<R[]>
}

/** What the store needs of PostgreSQL; `Database` of persistence-postgres is one. */
export interface StoreDatabase {
  /** Runs as a role that may use schema `store`. Throws StoreUnavailable when the server is away. */
  readonly worker: Asking
  /** The same role's statements that run in the order in which they are asked, without waiting for each other's answers. */
  readonly pipeline: Asking
  /** Hints between processes: each may be lost. */
  readonly notifications: {
    listen(channel: string, listener: { heard(payload: string): void; resumed(): void }): () => void
  }
}
