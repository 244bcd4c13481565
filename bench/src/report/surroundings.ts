import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { ROOT } from '../world/root'

/** Where and when figures were measured. */
export interface Surroundings {
  readonly machine: string
  /** ISO 8601, UTC. */
  readonly date: string
  /** With `-dirty` where files were changed since; `unknown` outside a repository. */
  readonly commit: string
}

const BYTES_PER_GB = 1_000_000_000

export function surroundings(): Surroundings {
  const memory = Math.round(totalmem() / BYTES_PER_GB)
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  return {
    machine: `${availableParallelism()} x ${processor}, ${memory} GB, ${type()} ${release()}, Node ${process.versions.node}`,
    date: new Date().toISOString(),
    commit: commit(),
  }
}

function commit(): string {
  try {
    const git = (...options: string[]) => execFileSync('git', options, { cwd: ROOT, encoding: 'utf8' }).trim()
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '-dirty'}`
  } catch {
    return 'unknown'
  }
}
