import type { CommandReply } from '@billstream/event-sourcing-core'
import type { ReplyEnvelope } from '@billstream/messaging'

/** A position is beyond what a JSON number holds exactly: it travels as text. */
type WiredReply = Omit<CommandReply, 'position'> & { readonly position: string }

/** The reply to a command as it stands in a message. */
export function wiredCommandReply(envelope: ReplyEnvelope): ReplyEnvelope {
  if (envelope.kind !== 'value') return envelope
  const reply = envelope.value as CommandReply
  return { kind: 'value', value: { ...reply, position: String(reply.position) } satisfies WiredReply }
}

/** What `wiredCommandReply` made, read again. */
export function commandReplyOf(value: unknown): CommandReply {
  const reply = value as WiredReply
  return { ...reply, position: BigInt(reply.position) } as CommandReply
}
