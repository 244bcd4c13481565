const { execFileSync, spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
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
    killBrokerOf(folder)
    // Another user's must not stop this run.
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

/** Kills the broker that runs in this folder, if one does. A number that now belongs to another process is not one. */
function killBrokerOf(folder) {
  try {
    const pid = readFileSync(join(folder, PID_FILE), 'utf8').trim()
    const command = execFileSync('ps', ['-p', pid, '-o', 'args='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    if (command.includes(folder)) process.kill(Number(pid), 'SIGKILL')
  } catch {
    // No file, no such process, or not ours.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

module.exports = { guard, killBrokerOf, PID_FILE, removeLeftovers, temporaryPrefix }
