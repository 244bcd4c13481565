import { createHash } from 'node:crypto'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EmbeddedServerUnavailable, FolderHeld } from './embedded-server-unavailable'
import { makeFolder } from './make-folder'
import { processIdentity } from './process-identity'

const CLAIM_ATTEMPTS_MAX = 5
const CLAIM_PAUSE_MS = 50

export interface FolderLock {
  release(): void
}

/**
 * One process per folder. Each process writes a claim under a name that no other process ever has, and then looks for
 * others: so a claim left behind by a killed process is removed without ever taking a live one along. Two that meet
 * step back and try again after different pauses. Throws FolderHeld while another holds the folder,
 * EmbeddedServerUnavailable where nothing can be written.
 */
export async function lockFolder(claimsFolder: string): Promise<FolderLock> {
  makeFolder(claimsFolder, 0o700)
  const own = ownClaim()
  if (readdirSync(claimsFolder).includes(own)) throw heldBy(own)
  for (let attempt = 1; ; attempt++) {
    const claim = claimBesideOthers(claimsFolder)
    const [other] = claimsOfOthers(claimsFolder)
    if (other === undefined) return claim
    claim.release()
    if (attempt === CLAIM_ATTEMPTS_MAX) throw heldBy(other)
    await pause(CLAIM_PAUSE_MS * attempt + (process.pid % CLAIM_PAUSE_MS))
  }
}

/** A claim of this process that keeps no other process out. */
export function claimBesideOthers(claimsFolder: string): FolderLock {
  makeFolder(claimsFolder, 0o700)
  const file = join(claimsFolder, ownClaim())
  writeFileSync(file, '', { mode: 0o600 })
  return { release: () => rmSync(file, { force: true }) }
}

/** Claims of other processes that run; those of dead ones are removed. */
export function claimsOfOthers(claimsFolder: string): string[] {
  if (!existsSync(claimsFolder)) return []
  const own = ownClaim()
  return liveClaims(claimsFolder).filter((claim) => claim !== own)
}

/** Names this process, and no other one ever: its number and when it started. Throws EmbeddedServerUnavailable. */
export function ownClaim(): string {
  const own = claimOf(process.pid)
  if (own === undefined) throw new EmbeddedServerUnavailable('The start time of this process cannot be read.')
  return own
}

function heldBy(claim: string): FolderHeld {
  return new FolderHeld(
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

/** Whether the process of a claim runs. Of a number alone: whether another process has it, since this one has given no such claim. */
export function isLiveClaim(claim: string): boolean {
  const pid = pidOf(claim)
  const live = claimOf(pid)
  return live === claim || (live !== undefined && claim === String(pid) && pid !== process.pid)
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
