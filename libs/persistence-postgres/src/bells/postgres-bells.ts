import { randomUUID } from 'node:crypto'
import { MemoryBells, type Bells } from '@billstream/event-sourcing-runtime'
import type { Notifications } from '../database/notifications'

const CHANNEL = 'billstream_bells'

/** Heard here at once, and in other processes by a notification. */
export class PostgresBells implements Bells {
  private readonly program = randomUUID()
  private readonly here = new MemoryBells()

  constructor(private readonly notifications: Notifications) {
    notifications.listen(CHANNEL, {
      heard: (payload) => this.heard(payload),
      // What was missed is found by the listeners' own looks.
      resumed: () => undefined,
    })
  }

  ring(name: string): void {
    this.here.ring(name)
    this.notifications.send(CHANNEL, name, `${this.program} ${name}`)
  }

  listen(name: string, heard: () => void): () => void {
    return this.here.listen(name, heard)
  }

  private heard(payload: string): void {
    const space = payload.indexOf(' ')
    if (payload.slice(0, space) !== this.program) this.here.ring(payload.slice(space + 1))
  }
}
