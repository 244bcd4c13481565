import type { WebhookSender } from '@billstream/webhooks'
import type { SeededRandom } from '../chance/seeded-random'
import type { SimulatedProcess } from '../process/simulated-process'
import type { VirtualTime } from '../time/virtual-time'

type WebhookRequest = Parameters<WebhookSender['send']>[0]
type WebhookAnswer = Awaited<ReturnType<WebhookSender['send']>>

/** What one receiver got, in order. */
export interface ReceivedWebhook {
  readonly url: string
  readonly id: string
  readonly body: string
}

const SLOWEST_MS = 20_000
const BODY = 'thanks'

/** The receivers of webhooks: by their address some always take what comes, some fail at times, some are gone for good. */
export class WebhookReceivers {
  readonly received: ReceivedWebhook[] = []

  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
  ) {}

  /** The sending side of one process. */
  senderOf(process: SimulatedProcess): WebhookSender {
    return {
      send: async (webhook) => {
        await process.pass()
        const answer = await this.take(webhook)
        await process.pass()
        return answer
      },
      close: () => Promise.resolve(),
    }
  }

  private async take({ url, headers, body }: WebhookRequest): Promise<WebhookAnswer> {
    this.received.push({ url, id: headers['webhook-id'] ?? '', body })
    if (url.includes('gone')) return answered(410)
    if (!url.includes('flaky')) return answered(200)
    const chance = this.random.next()
    if (chance < 0.1) await this.time.sleep(this.random.between(1, SLOWEST_MS))
    if (chance < 0.3) return { kind: 'failed', message: 'The connection was reset.' }
    return answered(chance < 0.6 ? 503 : 200)
  }
}

function answered(status: number): WebhookAnswer {
  return { kind: 'answered', status, body: BODY, retryAfter: undefined }
}
