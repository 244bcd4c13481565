import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { commandLine } from './process-identity'

const POLL_MS = 20

/** What a running server writes about itself into its data folder. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly status: 'starting' | 'stopping' | 'ready' | 'standby' | 'unknown'
}

/** The live server of this folder, or undefined. A number that now belongs to another process is not one. */
export function livePostmaster(dataFolder: string): Postmaster | undefined {
  const postmaster = readPidFile(dataFolder)
  return postmaster !== undefined && isPostmasterOf(dataFolder, postmaster.pid) ? postmaster : undefined
}

/**
 * PostgreSQL does not start while any process has the number in its pid file, whatever that process is. After a restart
 * of the machine or of a container that may be a stranger; only then is the file removed here.
 */
export function removePidFileOfStranger(dataFolder: string): void {
  const postmaster = readPidFile(dataFolder)
  if (postmaster === undefined || commandLine(postmaster.pid) === '') return
  if (!isPostmasterOf(dataFolder, postmaster.pid)) rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
}

/** The running state, by a bound in ms. Resolves with the last state seen, undefined when none runs. */
export async function awaitPostmaster(
  dataFolder: string,
  boundMs: number,
  until: (postmaster: Postmaster | undefined) => boolean,
): Promise<Postmaster | undefined> {
  const deadline = performance.now() + boundMs
  for (;;) {
    const postmaster = livePostmaster(dataFolder)
    if (until(postmaster) || performance.now() > deadline) return postmaster
    await pause(POLL_MS)
  }
}

/** Sends the signal to the server of this folder, if one runs. SIGINT: fast shutdown. SIGQUIT: at once, without a checkpoint. */
export function signalPostmaster(dataFolder: string, signal: 'SIGINT' | 'SIGQUIT'): void {
  const postmaster = livePostmaster(dataFolder)
  if (postmaster === undefined) return
  try {
    process.kill(postmaster.pid, signal)
  } catch (error) {
    // It ended between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function isPostmasterOf(dataFolder: string, pid: number): boolean {
  const command = commandLine(pid)
  return command.includes('postgres') && command.includes(dataFolder)
}

function readPidFile(dataFolder: string): Postmaster | undefined {
  let text: string
  try {
    text = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3] ?? 0), status: statusOf(lines[7]) }
}

function statusOf(line: string | undefined): Postmaster['status'] {
  return line === 'starting' || line === 'stopping' || line === 'ready' || line === 'standby' ? line : 'unknown'
}
