import {
  BrokerUnavailable,
  isInfrastructureFailure,
  StoreUnavailable,
  ViewsBehind,
} from '@billstream/event-sourcing-runtime'
import { ReplyTooLarge } from './message-bus.port'

/** What comes back for a request: the handler's value, or its failure by name so that the sender sees the same kind. */
export type ReplyEnvelope =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly name: string; readonly message: string }

/** Wraps a handler: what it throws travels to the sender. */
export async function answerWith(
  handle: () => Promise<unknown>,
  onFailure: (error: unknown) => void,
): Promise<ReplyEnvelope> {
  try {
    return { kind: 'value', value: await handle() }
  } catch (error) {
    onFailure(error)
    const name = error instanceof Error ? error.name : 'Error'
    const known = isInfrastructureFailure(error) && !(name in REBUILT) ? 'StoreUnavailable' : name
    return { kind: 'failure', name: known, message: error instanceof Error ? error.message : String(error) }
  }
}

/** Whether a message is a reply: the topic of replies is open to other producers. */
export function isReply(body: unknown): body is ReplyEnvelope {
  if (typeof body !== 'object' || body === null) return false
  const { kind, name, message } = body as Record<string, unknown>
  return kind === 'value' || (kind === 'failure' && typeof name === 'string' && typeof message === 'string')
}

/** The value, or the failure thrown again. */
export function openReply(reply: ReplyEnvelope): unknown {
  if (reply.kind === 'value') return reply.value
  const rebuild = REBUILT[reply.name]
  throw rebuild ? rebuild(reply.message) : new HandlerFailed(reply.message)
}

/** The handler had a bug; its service has logged it. */
export class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed'
}

const REBUILT: Readonly<Record<string, (message: string) => Error>> = {
  StoreUnavailable: (message) => new StoreUnavailable(message),
  BrokerUnavailable: (message) => new BrokerUnavailable(message),
  ViewsBehind: (message) => new ViewsBehind(message),
  ReplyTooLarge: (message) => new ReplyTooLarge(message),
}
