import type { DestinationStream } from 'pino'
import { SonicBoom } from 'sonic-boom'

/** What waits for a reader that stands still, in bytes; what comes beyond is dropped. */
const WAITING_MAX = 8_000_000
/** How long the end of the process waits for such a reader, in milliseconds. */
const LEAVE_MS = 3_000

let opened: DestinationStream | undefined

/**
 * Standard output, written beside the work; what waits is written when the process ends. Pino's own destination, sonic-boom 4, tries for
 * ever to give the last lines to a reader that has gone (EPIPE): a process whose supervisor was gone never ended.
 */
export function standardOutput(): DestinationStream {
  return (opened ??= open())
}

function open(): DestinationStream {
  let leavesAtMs = Infinity
  let isRead = true
  const output = new SonicBoom({
    fd: process.stdout.fd,
    maxLength: WAITING_MAX,
    retryEAGAIN: () => performance.now() < leavesAtMs,
  })
  // A full disk keeps what waits for the next line; a reader that has gone does not come back.
  output.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || code === 'EIO') isRead = false
  })
  process.on('exit', () => {
    if (!isRead) return
    leavesAtMs = performance.now() + LEAVE_MS
    try {
      output.flushSync()
    } catch {
      // Nobody reads it.
    }
  })
  return {
    write(line) {
      if (isRead) output.write(line)
    },
  }
}
