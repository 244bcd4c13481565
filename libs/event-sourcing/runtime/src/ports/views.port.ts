import type { Position, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'

export type Where<Row> = { readonly [K in keyof Row]?: Row[K] | Condition<Row[K]> }
export type Condition<T> =
  | { readonly in: readonly T[] }
  | { readonly not: T }
  | { readonly gte?: T; readonly gt?: T; readonly lte?: T; readonly lt?: T }
  /** Case-insensitive part of the text. */
  | { readonly contains: string }

export interface FindOptions<Row> {
  readonly where?: Where<Row>
  /** Ties always go by id. */
  readonly orderBy?: { readonly column: keyof Row & string; readonly direction: 'asc' | 'desc' }
  readonly skip?: number
  readonly limit: number
}

/** Reads of one organization. Every read carries it: in the query's own filter and, in PostgreSQL, in row-level security. */
export interface ViewReader {
  get<V extends ViewDefinition>(view: V, organizationId: string, id: string): Promise<ViewRow<V> | undefined>
  getMany<V extends ViewDefinition>(view: V, organizationId: string, ids: readonly string[]): Promise<ViewRow<V>[]>
  find<V extends ViewDefinition>(
    view: V,
    organizationId: string,
    options: FindOptions<ViewRow<V>>,
  ): Promise<ViewRow<V>[]>
  count<V extends ViewDefinition>(view: V, organizationId: string, where?: Where<ViewRow<V>>): Promise<number>
}

/** Reads across organizations: for services' workers and for finding the organization of a credential, never for a tenant's request. */
export interface CrossTenantViewReader {
  getAnywhere<V extends ViewDefinition>(view: V, id: string): Promise<ViewRow<V> | undefined>
  findAnywhere<V extends ViewDefinition>(view: V, options: FindOptions<ViewRow<V>>): Promise<ViewRow<V>[]>
  countAnywhere<V extends ViewDefinition>(view: V, where?: Where<ViewRow<V>>): Promise<number>
}

export interface ViewWrites<V extends ViewDefinition = ViewDefinition> {
  readonly view: V
  readonly upserts: readonly ViewRow<V>[]
  readonly removals: readonly string[]
}

/** The projector's side. */
export interface ViewWriter {
  /** Where the projection stands; undefined when it has never run or runs at another version. */
  checkpoint(projection: { name: string; version: number }): Promise<Position | undefined>
  /** Empties the view and starts the projection at 0. */
  reset(projection: { name: string; version: number }, view: ViewDefinition): Promise<void>
  load<V extends ViewDefinition>(view: V, ids: readonly string[]): Promise<ViewRow<V>[]>
  /**
   * Rows and checkpoint in one transaction, by compare-and-set on `from`: a stale holder changes nothing (`false`),
   * nor does one whose projection is paused (ProjectionControls).
   * Wakes those who wait for the position, here and in other processes.
   */
  commit(
    projection: { name: string; version: number },
    move: { from: Position; to: Position },
    writes: ViewWrites,
  ): Promise<boolean>
}

/** Waiting until a projection has reached a position. Woken by commits, never polling per request. */
export interface ViewProgress {
  /** Resolves true when it has, false after `timeoutMs`. Several names: all of them. */
  reached(projections: readonly string[], position: Position, timeoutMs: number): Promise<boolean>
  positions(): Promise<ReadonlyMap<string, Position>>
}
