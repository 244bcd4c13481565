import { UsageGate, type ReplyEnvelope, type UsageRequest } from '@billstream/messaging'
import type { ReplySender } from '../sending/reply-sender'
import type { Taken } from './group-consumer'
import { jsonOf, type UnreadableMessages } from './unreadable-messages'

export interface UsageServerParts {
  readonly replies: ReplySender
  readonly unreadable: UnreadableMessages
  readonly handle: (requests: readonly UsageRequest[]) => Promise<ReplyEnvelope>
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Requests are written together: one that none can be must not fail those beside it. */
function isUsageRequest(body: unknown): body is UsageRequest {
  if (typeof body !== 'object' || body === null) return false
  const { requestId, organizationId } = body as Partial<UsageRequest>
  return [requestId, organizationId].every((id) => typeof id === 'string' && UUID.test(id))
}

/** Hands usage requests of one moment to the log together, and replies to each of them when they are on disk. */
export class UsageServer {
  private readonly gate: UsageGate

  constructor(private readonly parts: UsageServerParts) {
    this.gate = new UsageGate((requests) => this.together(requests))
  }

  take(taken: Taken): void {
    void this.serve(taken)
  }

  private async serve(taken: Taken): Promise<void> {
    const body = await this.parts.unreadable.read(taken, jsonOf(isUsageRequest))
    if (body === undefined) return
    const reply = (await this.gate.add(body)) as ReplyEnvelope
    await this.parts.replies.send(taken.message.headers, reply)
    taken.done()
  }

  /** A failure is the answer of each request: its sender repeats it under the same id. */
  private async together(requests: readonly UsageRequest[]): Promise<ReplyEnvelope[]> {
    const envelope = await this.parts.handle(requests)
    if (envelope.kind === 'failure') return requests.map(() => envelope)
    return (envelope.value as unknown[]).map((value) => ({ kind: 'value', value }))
  }
}
