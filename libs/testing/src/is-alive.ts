import { readFileSync } from 'node:fs'

/** One that has ended but was not yet waited for by its parent is no longer alive. */
export function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)
    if (state?.startsWith('Z')) return false
  } catch {
    // No such file: the process is gone, or this system has none.
  }
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
