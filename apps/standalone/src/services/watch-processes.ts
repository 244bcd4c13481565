import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/**
 * Reads `pid main` lines to the end of its input, which is the end of the process that holds the other side, asks each process to
 * end, and ends those that are still there after the given seconds. A number that now belongs to another program is not one.
 */
const WATCH = `patience=$1; shift
while read -r pid main; do set -- "$@" "$pid" "$main"; done
each() {
  signal=$1; shift
  while [ $# -gt 0 ]; do
    command=$(tr '\\0' ' ' <"/proc/$1/cmdline" || ps -ww -o args= -p "$1")
    case "$command" in *"$2"*) kill -"$signal" "$1" ;; esac
    shift 2
  done
}
each TERM "$@"; sleep "$patience"; each KILL "$@"`

/** Ends processes that lost their supervisor. */
export interface ProcessWatch {
  /** main: the program that it runs. */
  add(pid: number, main: string): void
  callOff(): void
}

/**
 * Asks the processes of this one to end when it is gone, even by kill -9, and ends them after the patience, in milliseconds. They see
 * that by themselves, but not before they are loaded, and on a busy machine that takes many of them long; one that hangs never does.
 */
export function watchProcesses(patienceMs: number): ProcessWatch {
  const argv = ['-c', WATCH, 'watchdog', String(Math.ceil(patienceMs / 1000))]
  // A session of its own: Ctrl-C in a terminal must not end the watchdog first.
  const watchdog = spawn('sh', argv, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  watchdog.on('error', () => undefined)
  watchdog.stdin.on('error', () => undefined)
  watchdog.unref()
  ;(watchdog.stdin as Socket).unref()
  return {
    add: (pid, main) => void watchdog.stdin.write(`${pid} ${main}\n`),
    callOff() {
      watchdog.kill('SIGKILL')
      watchdog.stdin.destroy()
    },
  }
}
