import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { commandLine } from './process-identity'
import { errorCode } from './error-code'

const POLL_MS = 20

/** What a running server writes about itself into its data folder. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** The folder of its Unix socket; undefined: it has none. */
  readonly socketFolder: string | undefined
  readonly status: 'starting' | 'stopping' | 'ready' | 'standby' | 'unknown'
}

/** The live server of this folder, or undefined. A number that now belongs to another process is not one. */
export function livePostmaster(dataFolder: string): Postmaster | undefined {
  const postmaster = readPidFile(dataFolder)
  return postmaster !== undefined && isPostmasterOf(dataFolder, postmaster.pid) ? postmaster : undefined
}

/**
 * PostgreSQL does not start while any process has the number in its pid file, whatever that process is. It may be a
 * stranger after a restart of the machine or of a container, or a dead server that nobody has waited for. Only then is
 * the file removed here: for a number that nobody has, PostgreSQL itself looks for children first.
 */
export function removeMisleadingPidFile(dataFolder: string): void {
  const postmaster = readPidFile(dataFolder)
  if (postmaster === undefined || !isNumberInUse(postmaster.pid)) return
  if (!isPostmasterOf(dataFolder, postmaster.pid)) rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
}

function isNumberInUse(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
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

/** Whether this server has ended, by a bound in ms. Its process lives on for a moment after it has removed its pid file. */
export async function awaitEnd(dataFolder: string, { pid }: Postmaster, boundMs: number): Promise<boolean> {
  const deadline = performance.now() + boundMs
  while (isPostmasterOf(dataFolder, pid)) {
    if (performance.now() > deadline) return false
    await pause(POLL_MS)
  }
  return true
}

/** Sends the signal to the server of this folder, if one runs. SIGINT: fast shutdown. SIGQUIT: at once, without a checkpoint. */
export function signalPostmaster(dataFolder: string, signal: 'SIGINT' | 'SIGQUIT'): void {
  const postmaster = livePostmaster(dataFolder)
  if (postmaster === undefined) return
  try {
    process.kill(postmaster.pid, signal)
  } catch (error) {
    // It ended between the look and the signal.
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

function isPostmasterOf(dataFolder: string, pid: number): boolean {
  const command = commandLine(pid)
  return command.includes('postgres') && `${command} `.includes(` -D ${dataFolder} `)
}

function readPidFile(dataFolder: string): Postmaster | undefined {
  let text: string
  try {
    text = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3] ?? 0), socketFolder: lines[4] || undefined, status: statusOf(lines[7]) }
}

function statusOf(line: string | undefined): Postmaster['status'] {
  return line === 'starting' || line === 'stopping' || line === 'ready' || line === 'standby' ? line : 'unknown'
}
