import type { UsageRequest } from './message-bus.port'

/** Requests handed over at once; the log writes them in one transaction. */
export const USAGE_GROUP_MAX = 50
/** Groups on their way at once: while one waits for the disk the next is prepared. */
export const USAGE_GROUPS_IN_FLIGHT = 2

interface Waiting {
  readonly request: UsageRequest
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/** Collects what comes while the groups before are being written: requests of one moment go together, a lone one at once. */
export class UsageGate {
  private readonly waiting: Waiting[] = []
  private inFlight = 0

  constructor(private readonly handle: (requests: readonly UsageRequest[]) => Promise<unknown[]>) {}

  add(request: UsageRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject })
      setImmediate(() => this.flush())
    })
  }

  /** Nobody waits for the next group: where requests never cease, whoever did would hold all groups since in memory. */
  private flush(): void {
    while (this.inFlight < USAGE_GROUPS_IN_FLIGHT && this.waiting.length > 0) {
      void this.handOver(this.waiting.splice(0, USAGE_GROUP_MAX))
    }
  }

  private async handOver(group: readonly Waiting[]): Promise<void> {
    this.inFlight += 1
    try {
      const answers = await this.handle(group.map(({ request }) => request))
      group.forEach((each, index) => each.resolve(answers[index]))
    } catch (error) {
      for (const each of group) each.reject(error)
    } finally {
      this.inFlight -= 1
    }
    this.flush()
  }
}
