import { existsSync, realpathSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { clusterFolder } from '../cluster'
import { isLiveClaim, ownClaim } from '../folder-lock'
import { awaitPostmaster, signalPostmaster } from '../postmaster'

type Draft = 'partial' | 'restoring'

const SERVER_END_MAX_MS = 10_000

/** Where something is made until it is complete and gets its name: beside its place, named after this process. */
export function draftOf(place: string, draft: Draft): string {
  return `${resolve(place)}.${draft}-${ownClaim()}`
}

/** Removes what was being made at this place by processes that were killed; returns its paths. Of a process that lives nothing is taken. */
export async function removeLeavings(place: string, draft: Draft): Promise<string[]> {
  const folder = dirname(resolve(place))
  if (!existsSync(folder)) return []
  const begin = `${basename(resolve(place))}.${draft}-`
  const left = (await readdir(folder)).filter((name) => name.startsWith(begin) && isLeft(name.slice(begin.length)))
  const paths = left.map((name) => join(folder, name))
  for (const path of paths) {
    await endServer(path)
    await rm(path, { recursive: true, force: true, maxRetries: 5 })
  }
  return paths
}

/** Earlier versions named the process by its number alone. */
function isLeft(owner: string): boolean {
  return /^\d+(-[0-9a-f]{16})?$/.test(owner) && !isLiveClaim(owner)
}

/** The database of a restore that was killed may be stopping still. */
async function endServer(draft: string): Promise<void> {
  const dataFolder = join(clusterFolder(draft), 'server', 'data')
  if (!existsSync(dataFolder)) return
  const real = realpathSync(dataFolder)
  signalPostmaster(real, 'SIGQUIT')
  await awaitPostmaster(real, SERVER_END_MAX_MS, (running) => running === undefined)
}
