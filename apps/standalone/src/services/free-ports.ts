import { createServer } from 'node:net'
import { systemSleeper } from '@billstream/platform'

/** The gateways of a supervisor that was killed need a moment to end. */
const LOOKS_MAX = 25
const LOOK_MS = 200

/** Resolves when nobody listens on any of these ports. Throws as a server does that cannot listen there. */
export async function untilPortsAreFree(host: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) await untilFree(host, port)
}

async function untilFree(host: string, port: number): Promise<void> {
  for (let look = 1; ; look++) {
    try {
      await listenOnce(host, port)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || look === LOOKS_MAX) throw error
      await systemSleeper.sleep(LOOK_MS)
    }
  }
}

function listenOnce(host: string, port: number): Promise<void> {
  const probe = createServer()
  return new Promise((resolve, reject) => {
    probe.once('error', reject)
    probe.listen({ host, port }, () => probe.close(() => resolve()))
  })
}
