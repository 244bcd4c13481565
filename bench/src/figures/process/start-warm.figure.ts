import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import type { Figure } from '../../figure'
import type { Bench } from '../../world/bench'
import { timed } from '../../world/drive'
import { PLATFORM_SETTINGS } from '../../world/platform'
import { ProgramProcess } from '../../world/program-process'
import { ROOT } from '../../world/root'

const LOOK_MS = 20
const LOOKS_MAX = 5_000

/** `npm start` on a data folder that was used before, from the command to the first success of /health/ready. */
export const startWarm: Figure = {
  name: 'start_warm',
  unit: 's',
  goal: { max: 10 },
  async prepare(bench) {
    const dataDir = bench.folder()
    const value = async () => {
      const port = await freePort()
      const [started, seconds] = await Promise.all([npmStart(bench, dataDir, port), timed(() => untilReady(port))])
      await started.stop()
      return seconds
    }
    await value()
    return { value }
  },
}

function npmStart(bench: Bench, dataDir: string, port: number): Promise<ProgramProcess> {
  return ProgramProcess.start(bench, {
    program: 'npm',
    arguments: ['start', '--silent'],
    environment: { ...PLATFORM_SETTINGS, DATA_DIR: dataDir, PORT: String(port) },
    cwd: ROOT,
  })
}

async function untilReady(port: number): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isReady(port)) return
    await pause(LOOK_MS)
  }
  throw new Error('It was never ready.')
}

async function isReady(port: number): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/health/ready`)
    await body.dump()
    return statusCode === 200
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false
    throw error
  }
}

/** Known before the start, so that it can be asked from the first moment on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
