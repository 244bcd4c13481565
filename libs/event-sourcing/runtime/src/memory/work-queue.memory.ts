import { compareInstants } from '@billstream/kernel'
import type { WorkItem, WorkQueue } from '../ports/work-queue.port'
import type { HaltedOrganizations } from './billing-halts.memory'
import { jsonCopy } from './json-copy'

interface Open {
  readonly item: WorkItem
  readonly leaseUntil?: string
}

/** Work of one process. The ids of what is done are kept, so that it cannot be added again. */
export class MemoryWorkQueue implements WorkQueue {
  private readonly open = new Map<string, Open>()
  private readonly doneIds = new Set<string>()

  /** halts: whose work is not taken; absent: none. */
  constructor(private readonly halts?: HaltedOrganizations) {}

  async add(items: readonly WorkItem[]): Promise<void> {
    for (const item of items) {
      if (!this.open.has(item.id) && !this.doneIds.has(item.id)) this.open.set(item.id, { item: jsonCopy(item) })
    }
  }

  async take(queue: string, now: string, leaseUntil: string, limit: number): Promise<WorkItem[]> {
    const taken = this.takeable(queue)
      .filter((entry) => compareInstants(freeAt(entry), now) <= 0)
      .sort((a, b) => compareInstants(a.item.notBefore, b.item.notBefore))
      .slice(0, limit)
    for (const { item } of taken) this.open.set(item.id, { item, leaseUntil })
    return taken.map(({ item }) => jsonCopy(item))
  }

  async done(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (this.open.delete(id)) this.doneIds.add(id)
  }

  async later(id: string, notBefore: string, payload?: unknown): Promise<void> {
    const entry = this.open.get(id)
    if (!entry) return
    const replaced = payload === undefined ? {} : { payload: jsonCopy(payload) }
    this.open.set(id, { item: { ...entry.item, ...replaced, notBefore, tries: entry.item.tries + 1 } })
  }

  async nextAt(queue: string): Promise<string | undefined> {
    return this.takeable(queue).map(freeAt).sort(compareInstants)[0]
  }

  async pendingOf(correlationId: string, queue?: string): Promise<WorkItem[]> {
    return [...this.open.values()]
      .map(({ item }) => item)
      .filter((item) => item.correlationId === correlationId && (queue === undefined || item.queue === queue))
      .sort((a, b) => compareInstants(a.notBefore, b.notBefore))
      .map((item) => jsonCopy(item))
  }

  async count(queue: string): Promise<number> {
    return this.ofQueue(queue).length
  }

  private takeable(queue: string): Open[] {
    return this.ofQueue(queue).filter(({ item }) => !this.halts?.isHalted(item.organizationId))
  }

  private ofQueue(queue: string): Open[] {
    return [...this.open.values()].filter(({ item }) => item.queue === queue)
  }
}

function freeAt({ item, leaseUntil }: Open): string {
  return leaseUntil !== undefined && compareInstants(leaseUntil, item.notBefore) > 0 ? leaseUntil : item.notBefore
}
