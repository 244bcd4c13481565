import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { livePostmaster } from '../src/postmaster'

const BUILT = resolve(__dirname, '../../../dist/libs/embedded-server/index.js')
const POLL_MS = 10
const WAIT_MAX_MS = 60_000

/** A folder that only this user can enter. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'embedded-server-'))
}

export function dataFolderOf(dataDir: string): string {
  return join(dataDir, 'postgres/server/data')
}

/** Ends what still runs in the folder, without mercy, and removes it. */
export async function removeFolder(dataDir: string): Promise<void> {
  await killServer(dataDir)
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
}

export async function killServer(dataDir: string): Promise<void> {
  const postmaster = livePostmaster(dataFolderOf(dataDir))
  if (postmaster === undefined) return
  kill(postmaster.pid)
  await until(() => livePostmaster(dataFolderOf(dataDir)) === undefined)
}

/** Of the server's owner: what would stop the server when its owner is killed. */
export function killWatchdog(dataDir: string): void {
  kill(Number(readFileSync(join(dataDir, 'postgres/watchdog'), 'utf8')))
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export async function until(condition: () => boolean | Promise<boolean>, maxMs = WAIT_MAX_MS): Promise<void> {
  const deadline = performance.now() + maxMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${maxMs} ms in vain.`)
    await pause(POLL_MS)
  }
}

export interface NodeProcess {
  readonly child: ChildProcess
  /** The next line that the process prints. */
  line(): Promise<string>
  kill(signal: NodeJS.Signals): Promise<void>
}

/** A Node process that starts a server in the folder, runs the given statements, and prints `ready`: it can be signalled then. */
export function startInProcess(dataDir: string, then: string): NodeProcess {
  const script = `
    const { startEmbeddedServer } = require(${JSON.stringify(BUILT)})
    const log = () => {}
    startEmbeddedServer({ dataDir: ${JSON.stringify(dataDir)}, log }).then(
      (server) => { ${then}
 console.log('ready') },
      (error) => { console.log(error.message); process.exitCode = 1 },
    )`
  return nodeProcess(script)
}

/** A Node process that uses the server of the folder together with others, prints `ready`, leaves at SIGTERM, and exits without leaving at SIGINT. */
export function shareInProcess(dataDir: string): NodeProcess {
  const script = `
    const { shareEmbeddedServer } = require(${JSON.stringify(BUILT)})
    shareEmbeddedServer({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} }).then(
      (server) => {
        process.once('SIGINT', () => process.exit(130))
        process.once('SIGTERM', () => server.leave().then(() => process.exit()))
        setInterval(() => {}, 1000)
        console.log('ready')
      },
      (error) => { console.log(error.message); process.exitCode = 1 },
    )`
  return nodeProcess(script)
}

function nodeProcess(script: string): NodeProcess {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    line: async () => String((await lines.next()).value),
    kill: async (signal) => {
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

export const STAY_ALIVE = 'setInterval(() => {}, 1000)'

export async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

export function recordedPort(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres/port'), 'utf8'))
}
