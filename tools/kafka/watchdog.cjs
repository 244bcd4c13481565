const { execFileSync, spawn } = require('node:child_process')
const { readFileSync, writeFileSync } = require('node:fs')
const { readdir, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const FOLDER_PREFIX = 'billstream-kafka-'
const PID_FILE = 'broker.pid'

/**
 * Waits for the end of its input, which is the end of the process that holds the other side. What the broker still
 * writes while it dies can spoil a removal.
 */
const WATCH = `cat >/dev/null; kill -9 "$1" 2>/dev/null
[ -z "$2" ] || for seconds in 1 2 4; do sleep $seconds; rm -rf "$2" && break; done`

/**
 * Kills the broker when this process ends, even by kill -9, and removes its folder if one is given.
 * Returns the function that calls it off.
 */
function guard(pid, folder = '') {
  // A session of its own: Ctrl-C in a terminal must not end the watchdog first.
  const watchdog = spawn('sh', ['-c', WATCH, 'watchdog', String(pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  watchdog.stdin.unref()
  watchdog.stdin.on('error', () => {})
  return () => watchdog.kill('SIGKILL')
}

/** The start of the name of a temporary folder, from which a later run knows whose it was. */
function temporaryPrefix() {
  return join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`)
}

/** What is left where the watchdog was killed as well: brokers and folders of processes that are gone. */
async function removeLeftovers() {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX) || isAlive(Number.parseInt(name.slice(FOLDER_PREFIX.length), 10))) continue
    const folder = join(tmpdir(), name)
    endOrphanOf(folder)
    // Another user's must not stop this run.
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

/** Notes in the folder which broker runs there, for whom, and where it answers. */
function noteBroker(folder, { pid, brokers }) {
  writeFileSync(join(folder, PID_FILE), `${pid}\n${process.pid}\n${brokers}\n`)
}

/** Throws while another process looks after the broker of this folder. One that lost its process and its watchdog is ended. */
function claimFolder(folder) {
  const broker = runningBroker(folder)
  if (broker?.hasOwner) {
    throw new Error(
      `Process ${broker.owner} already serves Kafka at ${broker.brokers} from ${folder} (broker: process ${broker.pid}). ` +
        'Stop it first, or choose another folder with --data.',
    )
  }
  endOrphanOf(folder)
}

/** Kills the broker of this folder unless the process that started it lives. */
function endOrphanOf(folder) {
  const broker = runningBroker(folder)
  if (broker === undefined || broker.hasOwner) return
  try {
    process.kill(broker.pid, 'SIGKILL')
  } catch {
    // It ended between the look and the signal, or is another user's.
  }
}

/** The broker that runs in this folder, if one does. A number that now belongs to another process is not one. */
function runningBroker(folder) {
  try {
    const [pid, owner, brokers] = readFileSync(join(folder, PID_FILE), 'utf8').trim().split('\n')
    const [, parent, command] = /^\s*(\d+)\s+(.*)/s.exec(
      printed('ps', ['-ww', '-p', pid, '-o', 'ppid=', '-o', 'args=']),
    )
    if (!command.includes(folder)) return undefined
    // Who loses its parent gets another one at once: so no later process with the owner's number is taken for it.
    return { pid: Number(pid), owner, brokers, hasOwner: parent === owner }
  } catch {
    // No file, or no such process.
    return undefined
  }
}

function printed(program, programArguments) {
  return execFileSync(program, programArguments, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

module.exports = { claimFolder, guard, noteBroker, removeLeftovers, temporaryPrefix }
