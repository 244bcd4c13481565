import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { errorCode } from './error-code'

/**
 * What tells a process from a later one with the same number, or undefined when no such process runs.
 * Linux: boot and start in clock ticks. Elsewhere: the start as `ps` prints it.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxIdentity(pid) : firstLine(['-o', 'lstart=', '-p', String(pid)])
}

/** The arguments of a running process, joined by blanks; empty when it does not run or is only waited for. */
export function commandLine(pid: number): string {
  if (process.platform !== 'linux') return firstLine(['-ww', '-o', 'args=', '-p', String(pid)]) ?? ''
  return (readProc(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ')
}

function linuxIdentity(pid: number): string | undefined {
  const stat = readProc(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The second field is the name in parentheses and may hold blanks; state and start are the 1st and 20th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z') return undefined
  return `${readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}-${fields[19] ?? ''}`
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

function firstLine(psArguments: readonly string[]): string | undefined {
  try {
    const printed = execFileSync('ps', psArguments, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return printed === '' ? undefined : printed
  } catch (error) {
    // ps answers 1 when no process has the number.
    if (typeof error === 'object' && error !== null && 'status' in error && error.status === 1) return undefined
    throw error
  }
}
