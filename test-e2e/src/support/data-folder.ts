import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** DATA_DIR of one platform. */
export class DataFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'billstream-e2e-'))

  get demoKey(): string {
    return readFileSync(join(this.path, 'demo-key'), 'utf8').trim()
  }

  get demoStoryIsTold(): boolean {
    return this.holds('demo-story-told')
  }

  /** Of the embedded PostgreSQL. Throws where there is none. */
  get databasePid(): number {
    const [pid] = readFileSync(join(this.path, 'postgres/server/data/postmaster.pid'), 'utf8').split('\n')
    // The file is there for a moment before anything is in it.
    if (!pid) throw new Error('The database has not written its number yet.')
    return Number(pid)
  }

  holds(name: string): boolean {
    return existsSync(join(this.path, name))
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}
