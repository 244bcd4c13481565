import { existsSync, readFileSync } from 'node:fs'

const BYTES_PER_KB = 1_024
const BYTES_PER_MB = 1_000_000

/** VmRSS: resident now. VmHWM: at its peak so far. Megabytes of a million bytes. */
export function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] =
    new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  if (kilobytes === undefined) throw new Error(`Process ${pid} does not tell its ${field}.`)
  return (Number(kilobytes) * BYTES_PER_KB) / BYTES_PER_MB
}

/** undefined: this machine tells the memory of its processes. */
export function memoryIsHidden(): string | undefined {
  return existsSync('/proc/self/status') ? undefined : 'It reads the memory of a process from /proc, which is not here.'
}
