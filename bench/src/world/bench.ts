import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '@billstream/event-sourcing-runtime'
import { Closers } from '@billstream/hosting'
import { ROOT } from './root'

/** On the disk of the repository, where `npm start` keeps its data too: a folder in memory would make every fsync free. */
const FOLDER = join(ROOT, '.data/bench')

/** What a figure runs in: its sizes, its folders, and what is closed after it. */
export interface Bench {
  /** Run after the figure, in the reverse order, also when it fails or is interrupted. */
  readonly closers: Closers
  readonly log: Log
  /** Aborted by Ctrl-C: what fails then fails of it. */
  readonly signal: AbortSignal
  /** Tiny sizes, to see that everything works. */
  readonly quick: boolean
  /** Folder for the CPU profiles of the programs that are measured. */
  readonly profile: string | undefined
  /** How long one turn of a steady load lasts. */
  readonly turnMs: number
  /** `full`, or `quick` on a quick run. */
  size(full: number, quick: number): number
  /** A new data folder; it goes with the figure. */
  folder(): string
  /** For whoever watches. */
  say(what: string): void
}

const TURN_MS = 4_000
const TURN_QUICK_MS = 300

export function openBench({ quick, say, signal, profile }: Pick<Bench, 'quick' | 'say' | 'signal' | 'profile'>): Bench {
  const closers = new Closers()
  return {
    closers,
    log: logOf(say),
    signal,
    quick,
    profile,
    turnMs: quick ? TURN_QUICK_MS : TURN_MS,
    size: (full, small) => (quick ? small : full),
    folder() {
      mkdirSync(FOLDER, { recursive: true, mode: 0o711 })
      const folder = mkdtempSync(join(FOLDER, 'run-'))
      closers.push(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }))
      return folder
    },
    say,
  }
}

/** Standard output is the table's: what the platform's parts have to say goes where progress goes. */
function logOf(say: (what: string) => void): Log {
  const told = (fields: Record<string, unknown>, message: string) => {
    const { err } = fields
    say(err instanceof Error ? `${message} ${err.message}` : message)
  }
  return { info: () => undefined, warn: told, error: told }
}
