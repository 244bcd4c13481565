import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** So many looks without a byte and without a request, and a connection is taken for idle. */
const QUIET_LOOKS = 10

interface Seen {
  readonly bytes: number
  readonly quietLooks: number
}

const NEVER: Seen = { bytes: -1, quietLooks: 0 }

/** The connections of a server, and what is being answered on them. */
export class OpenConnections {
  /** Since the start. */
  accepted = 0
  private readonly sockets = new Map<Socket, Seen>()
  private readonly answers = new Set<ServerResponse>()
  private asksToLeave = false

  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.accepted += 1
      this.sockets.set(socket, NEVER)
      socket.once('close', () => this.sockets.delete(socket))
    })
    // Ahead of whoever answers, so that the header is there in time.
    server.prependListener('request', (_request, answer) => {
      this.answers.add(answer)
      answer.once('close', () => this.answers.delete(answer))
      if (this.asksToLeave) closeAfter(answer)
    })
  }

  /** From now on each answer says that its connection ends, so that clients go elsewhere with their next request. */
  askToLeave(): void {
    this.asksToLeave = true
    for (const answer of this.answers) closeAfter(answer)
  }

  /**
   * Closes what stayed quiet for 10 looks: its next request is not on its way. The number of connections that were open.
   */
  closeIdle(): number {
    const open = this.sockets.size
    const busy = new Set([...this.answers].map(({ req }) => req.socket))
    for (const [socket, seen] of this.sockets) {
      const now = busy.has(socket) ? NEVER : lookAt(socket, seen)
      if (now.quietLooks >= QUIET_LOOKS) socket.destroy()
      else this.sockets.set(socket, now)
    }
    return open
  }
}

function lookAt({ bytesRead: bytes }: Socket, seen: Seen): Seen {
  return { bytes, quietLooks: bytes === seen.bytes ? seen.quietLooks + 1 : 0 }
}

function closeAfter(answer: ServerResponse): void {
  if (!answer.headersSent) answer.setHeader('connection', 'close')
}
