import type { Position, Projection, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { ViewsBehind } from '../errors'
import type { EventStore } from '../ports/event-store.port'
import type { FindOptions, ViewProgress, ViewReader } from '../ports/views.port'
import type { FactReader } from '../service/service-definition'

/** How long a handler waits for a view before it gives the command back, in milliseconds. */
export const FACTS_TIMEOUT_MS = 10_000

/** Reads views of one organization once each has reached the store's head as it was at the first read. */
export class ViewFactReader implements FactReader {
  private head: Promise<Position> | undefined

  constructor(
    private readonly ports: { eventStore: EventStore; views: ViewReader; viewProgress: ViewProgress },
    private readonly organizationId: string,
  ) {}

  async get<V extends ViewDefinition>(projection: Projection<V>, id: string): Promise<ViewRow<V> | undefined> {
    await this.caughtUp(projection.name)
    return this.ports.views.get(projection.view, this.organizationId, id)
  }

  async find<V extends ViewDefinition>(
    projection: Projection<V>,
    options: FindOptions<ViewRow<V>>,
  ): Promise<ViewRow<V>[]> {
    await this.caughtUp(projection.name)
    return this.ports.views.find(projection.view, this.organizationId, options)
  }

  private async caughtUp(projection: string): Promise<void> {
    this.head ??= this.ports.eventStore.head()
    const reached = await this.ports.viewProgress.reached([projection], await this.head, FACTS_TIMEOUT_MS)
    if (!reached) throw new ViewsBehind(`The view ${projection} is more than ${FACTS_TIMEOUT_MS} ms behind.`)
  }
}
