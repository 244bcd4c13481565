import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Cluster } from './cluster'
import { commandLine } from './process-identity'

const NAME = 'watchdog'

/**
 * Reads to the end of its input, which is the end of the process that holds the other side, and tells the server to stop as
 * `signalPostmaster` does. A server that was only just started has not written its number yet: hence several looks.
 */
const WATCH = `while read -r _; do :; done
for look in 1 2 3; do
  pid=$(head -n 1 "$1/postmaster.pid") && command=$(tr '\\0' ' ' <"/proc/$pid/cmdline" || ps -ww -o args= -p "$pid")
  case "$command " in *postgres*" -D $1 "*) kill -INT "$pid" && exit ;; esac
  sleep 1
done`

/**
 * Stops the server of this folder when this process ends without having done so, even by kill -9. For the process that holds the
 * folder. Returns the function that calls it off.
 */
export function watchServer({ folder, dataFolder }: Cluster): () => void {
  const note = join(folder, NAME)
  endFormer(note, dataFolder)
  // A session of its own: Ctrl-C in a terminal must not end the watchdog first.
  const watchdog = spawn('sh', ['-c', WATCH, NAME, dataFolder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  // Without one the server outlives a kill -9, and the next start adopts it.
  watchdog.on('error', () => undefined)
  watchdog.stdin.on('error', () => undefined)
  watchdog.unref()
  ;(watchdog.stdin as Socket).unref()
  if (watchdog.pid !== undefined) writeFileSync(note, `${watchdog.pid}\n`, { mode: 0o600 })
  return () => {
    watchdog.kill('SIGKILL')
    watchdog.stdin.destroy()
    rmSync(note, { force: true })
  }
}

/** The one of a process that was killed just now must not stop the server of this one. */
function endFormer(note: string, dataFolder: string): void {
  const pid = watchdogOf(note, dataFolder)
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended between the look and the signal.
  }
}

function watchdogOf(note: string, dataFolder: string): number | undefined {
  const pid = existsSync(note) ? Number.parseInt(readFileSync(note, 'utf8'), 10) : NaN
  return pid > 0 && commandLine(pid).includes(` ${NAME} ${dataFolder}`) ? pid : undefined
}
