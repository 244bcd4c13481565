import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders
  /** The bytes as they came. */
  readonly raw: string
  readonly body: {
    type: string
    object_id: string
    data: { object: Record<string, unknown> } & Record<string, unknown>
  }
}

/** A company's own endpoint: a real HTTP server that keeps what it hears. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = []

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<WebhookReceiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString()
        receiver.received.push({ headers: request.headers, raw, body: JSON.parse(raw) as ReceivedWebhook['body'] })
        response.end('thank you')
      })
    })
    const receiver = new WebhookReceiver(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`
  }

  /** Distinct delivery ids by event type: a repeat after a crash carries the same id. */
  deliveries(type: string): Set<string> {
    return new Set(
      this.received.filter(({ body }) => body.type === type).map(({ headers }) => String(headers['webhook-id'])),
    )
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
