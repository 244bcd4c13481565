import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'
import { processIdentity } from './process-identity'

const CLAIM_ATTEMPTS_MAX = 5
const CLAIM_PAUSE_MS = 50

export interface FolderLock {
  release(): void
}

/**
 * One process per folder. Each process writes a claim under a name that no other process ever has, and then looks for
 * others: so a claim left behind by a killed process is removed without ever taking a live one along. Two that meet
 * step back and try again after different pauses. Throws EmbeddedServerUnavailable while another holds the folder.
 */
export async function lockFolder(claimsFolder: string): Promise<FolderLock> {
  mkdirSync(claimsFolder, { recursive: true, mode: 0o700 })
  const own = claimOf(process.pid)
  if (own === undefined) throw new EmbeddedServerUnavailable('The start time of this process cannot be read.')
  if (readdirSync(claimsFolder).includes(own)) throw heldBy(own)
  for (let attempt = 1; ; attempt++) {
    writeFileSync(join(claimsFolder, own), '', { mode: 0o600 })
    const release = (): void => rmSync(join(claimsFolder, own), { force: true })
    const other = liveClaims(claimsFolder).find((claim) => claim !== own)
    if (other === undefined) return { release }
    release()
    if (attempt === CLAIM_ATTEMPTS_MAX) throw heldBy(other)
    await pause(CLAIM_PAUSE_MS * attempt + (process.pid % CLAIM_PAUSE_MS))
  }
}

function heldBy(claim: string): EmbeddedServerUnavailable {
  return new EmbeddedServerUnavailable(
    `Process ${pidOf(claim)} already runs on this data folder. Stop it first, or choose another DATA_DIR.`,
  )
}

function liveClaims(claimsFolder: string): string[] {
  return readdirSync(claimsFolder).filter((claim) => {
    const live = claimOf(pidOf(claim)) === claim
    if (!live) rmSync(join(claimsFolder, claim), { force: true })
    return live
  })
}

function pidOf(claim: string): number {
  return Number.parseInt(claim, 10)
}

function claimOf(pid: number): string | undefined {
  const identity = processIdentity(pid)
  return identity === undefined
    ? undefined
    : `${pid}-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`
}
