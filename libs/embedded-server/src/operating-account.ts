import { spawnSync } from 'node:child_process'
import { chownSync, lstatSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'

/** Numeric ids, as in /etc/passwd. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * As whom PostgreSQL runs. It refuses to run as root, so root lends it the account of nobody, in one of three ways.
 * owner: who must own the data, where that is not the caller.
 */
export interface OperatingAccount {
  readonly way: 'caller' | 'user-namespace' | 'kept-file-rights' | 'plain-account'
  readonly owner: Account | undefined
  /** The program and arguments that run the given ones. */
  command(program: string, programArguments: readonly string[]): readonly [string, readonly string[]]
  /** What node:child_process needs beside the command. */
  readonly spawnAs: Partial<Account>
}

const PROBE_TIMEOUT_MS = 10_000

const caller: OperatingAccount = {
  way: 'caller',
  owner: undefined,
  command: (program, programArguments) => [program, programArguments],
  spawnAs: {},
}

/**
 * The first way that can enter the folder and execute the program. Nothing is changed on the host: no account is made.
 * Throws EmbeddedServerUnavailable, naming what was tried, where root has none.
 */
export function findOperatingAccount(program: string, folder: string): OperatingAccount {
  if (process.getuid?.() !== 0) return caller
  const ways = waysOfRoot(accountOfNobody(readFileSync('/etc/passwd', 'utf8')))
  const usable = ways.find((account) => canRun(account, program, folder))
  if (usable !== undefined) return usable
  throw new EmbeddedServerUnavailable(
    'PostgreSQL does not run as root, and here root can lend it neither a user namespace (unshare), nor an account ' +
      `that keeps the right to read files (setpriv), nor one that can enter ${folder} and run ${program}. ` +
      'Start as another user, or set DATABASE_URL.',
  )
}

/**
 * In order of preference. A user namespace leaves the files with root, so it works in folders that only root can enter;
 * containers often forbid it. An account that keeps CAP_DAC_OVERRIDE works in such folders as well.
 */
export function waysOfRoot(nobody: Account): readonly [OperatingAccount, OperatingAccount, OperatingAccount] {
  return [inUserNamespace(nobody), withKeptFileRights(nobody), asPlainAccount(nobody)]
}

function inUserNamespace({ uid, gid }: Account): OperatingAccount {
  return {
    ...caller,
    way: 'user-namespace',
    owner: { uid: 0, gid: 0 },
    command: (program, programArguments) => [
      'unshare',
      ['--user', `--map-user=${uid}`, `--map-group=${gid}`, program, ...programArguments],
    ],
  }
}

function withKeptFileRights({ uid, gid }: Account): OperatingAccount {
  // Without no_setuid_fixup access(2) drops the capability again, and PostgreSQL then misses its own programs.
  const flags = ['--clear-groups', '--securebits=+no_setuid_fixup', '--no-new-privs']
  const rights = ['--inh-caps', '--ambient-caps', '--bounding-set'].map((set) => `${set}=-all,+dac_override`)
  return {
    ...caller,
    way: 'kept-file-rights',
    owner: { uid, gid },
    command: (program, programArguments) => [
      'setpriv',
      [`--reuid=${uid}`, `--regid=${gid}`, ...flags, ...rights, program, ...programArguments],
    ],
  }
}

function asPlainAccount(nobody: Account): OperatingAccount {
  return { ...caller, way: 'plain-account', owner: nobody, spawnAs: nobody }
}

/** nobody, else the first account that is not root: initdb wants one with a name. */
export function accountOfNobody(passwd: string): Account {
  const accounts = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0)
  const { uid, gid } = accounts.find(({ name }) => name === 'nobody') ?? accounts[0] ?? { uid: 65534, gid: 65534 }
  return { uid, gid }
}

export function canRun(account: OperatingAccount, program: string, folder: string): boolean {
  const probe = ['-c', 'cd "$1" && exec "$2" --version', 'sh', folder, program]
  const [file, fileArguments] = account.command('/bin/sh', probe)
  const { status } = spawnSync(file, fileArguments, { ...account.spawnAs, stdio: 'ignore', timeout: PROBE_TIMEOUT_MS })
  return status === 0
}

/** Gives a folder and all in it to who must own it; a folder that is in the right hands already is not walked. */
export function giveTo(owner: Account | undefined, path: string): void {
  if (owner === undefined || lstatSync(path).uid === owner.uid) return
  giveTree(owner, path)
}

function giveTree(owner: Account, path: string): void {
  if (lstatSync(path).isDirectory()) for (const entry of readdirSync(path)) giveTree(owner, join(path, entry))
  // Last, so that a walk which was cut short is walked again.
  chownSync(path, owner.uid, owner.gid)
}
