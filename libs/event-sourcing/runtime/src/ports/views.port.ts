import type { Position, Projection, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'

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
  /**
   * Empties the view and starts the projection at 0, where it has never run at this version. false: somebody else has begun since
   * the checkpoint was asked for, and what he has written stays.
   */
  start(projection: { name: string; version: number }, view: ViewDefinition): Promise<boolean>
  /** As `start`, wherever the projection stands. */
  reset(projection: { name: string; version: number }, view: ViewDefinition): Promise<void>
  load<V extends ViewDefinition>(view: V, ids: readonly string[]): Promise<ViewRow<V>[]>
  /**
   * Rows and checkpoint in one transaction, by compare-and-set on `from`: a stale holder changes nothing (`false`). Stale is
   * also who has never asked for the checkpoint, or before the view was replaced or reset: then its rows are of the old view.
   * Nor does one whose projection is paused (ProjectionControls).
   * Wakes those who wait for the position, here and in other processes.
   */
  commit(
    projection: { name: string; version: number },
    move: { from: Position; to: Position },
    writes: ViewWrites,
  ): Promise<boolean>
}

/** A view as it was at one moment. */
export interface FrozenView {
  /** Where its projection stood. */
  readonly position: Position
  /** All of them, in the order of their ids. Read while it is frozen, never all in memory. */
  rows(): AsyncIterable<ViewRow<ViewDefinition>>
}

/**
 * Views that are built anew beside those that are read. The one beside is the view of a projection like any other: loaded,
 * committed and reset by the ViewWriter. Only one that rebuilds may write to it.
 * Every call may be repeated after a crash. Throws StoreUnavailable.
 */
export interface ViewRebuilds {
  /** Where the projection stands, as it is stored; undefined as `ViewWriter.checkpoint`. Who asks becomes no holder of it. */
  standing(projection: Projection): Promise<Position | undefined>
  /** Makes the view where it is not there yet, or was made of another definition; then its projection has no checkpoint. */
  provide(view: ViewDefinition): Promise<void>
  /** Removes the view with its checkpoint. */
  discard(projection: Projection): Promise<void>
  /** The view at this moment, as long as `work` runs; others go on changing it. undefined: its projection has no checkpoint. */
  frozen<T>(projection: Projection, work: (view: FrozenView) => Promise<T>): Promise<T | undefined>
  /**
   * Lets `beside` take the place of `live`, in one transaction: readers see the one or the other, whole, and who holds the
   * checkpoint of `live` is stale. `catchUp` is asked to bring `beside` to where `live` stands, while nobody writes to `live`;
   * it answers whether it has. false: it has not, or others were reading for long; nothing has changed, ask again.
   */
  replace(live: Projection, beside: Projection, catchUp: (to: Position) => Promise<boolean>): Promise<boolean>
}

/** Waiting until a projection has reached a position. Woken by commits, never polling per request. */
export interface ViewProgress {
  /** Resolves true when it has, false after `timeoutMs`. Several names: all of them. */
  reached(projections: readonly string[], position: Position, timeoutMs: number): Promise<boolean>
  positions(): Promise<ReadonlyMap<string, Position>>
}
