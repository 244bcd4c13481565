import { Type } from '@sinclair/typebox'
import { defineEvent, Field } from '@billstream/event-sourcing-core'

const { id, text, instant } = Field

/** A unique business key is held. The key itself is not stored: the stream's name holds its hash. */
export const ClaimHeld = defineEvent(
  'ClaimHeld',
  Type.Object({ kind: text, ownerStream: text, commandId: id, at: instant }),
  { internal: true },
)

/** A claim of this stream was taken over because the command that made it never finished; that command must now fail. */
export const CreationAbandoned = defineEvent('CreationAbandoned', Type.Object({ commandId: id, kind: text }), {
  internal: true,
})

export const runtimeEvents = [ClaimHeld, CreationAbandoned]
