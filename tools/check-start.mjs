#!/usr/bin/env node
// Proves that `npm start` answers and that Ctrl-C ends it cleanly: on a free port, with a data folder of its own that
// only its user can enter. With --closed, the program as well is a copy in such a folder.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const READY_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 5_000
const POLL_MS = 100

const port = await freePort()
const dataDir = await mkdtemp(join(tmpdir(), 'billstream-check-'))
const copy = process.argv.includes('--closed') ? await closedCopy() : undefined
const env = { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir }
delete env.DATABASE_URL
const started = performance.now()
// A process group of its own: a signal to the group is what Ctrl-C in a terminal sends.
const child = spawn('npm', ['start'], {
  cwd: copy ?? root,
  env,
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit'],
})
const ended = new Promise((resolve) => {
  child.on('error', (error) => resolve(error.message))
  child.on('exit', (code, signal) => resolve(code ?? signal))
})

const problem = await check().catch((error) => error.message)
if (problem !== undefined) signalGroup('SIGKILL')
await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
if (copy !== undefined) await rm(copy, { recursive: true, force: true })
if (problem !== undefined) console.error(problem)
process.exit(problem === undefined ? 0 : 1)

/** Hard links, because the copy holds all of node_modules; so it lies on the same disk. */
async function closedCopy() {
  await mkdir(join(root, 'tmp'), { recursive: true })
  const folder = await mkdtemp(join(root, 'tmp/closed-'))
  const parts = [
    'apps',
    'libs',
    'tools',
    'node_modules',
    '.npmrc',
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
  ]
  execFileSync('cp', ['-al', ...parts.map((part) => join(root, part)), folder])
  return folder
}

async function check() {
  const early = await Promise.race([ended.then((code) => ({ code })), awaitReady()])
  if (early !== undefined) return `npm start ended with ${early.code} before it was ready.`
  console.log(`npm start was ready after ${((performance.now() - started) / 1000).toFixed(1)} s.`)
  const stopping = performance.now()
  signalGroup('SIGINT')
  while (signalGroup(0)) {
    if (performance.now() - stopping > STOP_TIMEOUT_MS)
      return `npm start still runs ${STOP_TIMEOUT_MS} ms after Ctrl-C.`
    await pause(POLL_MS)
  }
  console.log(`npm start ended ${((performance.now() - stopping) / 1000).toFixed(1)} s after Ctrl-C.`)
  // npm itself ends by the signal that it got, when it has seen its child end.
  const code = await ended
  if (code !== 0 && code !== 'SIGINT') return `npm start answered Ctrl-C with ${code}.`
  if (existsSync(join(dataDir, 'postgres/server/data/postmaster.pid'))) return 'PostgreSQL was left behind.'
  return undefined
}

async function awaitReady() {
  const deadline = started + READY_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (await isReady()) return undefined
    await pause(POLL_MS)
  }
  throw new Error(`npm start was not ready within ${READY_TIMEOUT_MS} ms.`)
}

async function isReady() {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  // Until it listens there is no answer at all.
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal }).catch(() => undefined)
  return answer?.status === 200
}

/** Whether there was anyone to get it; 0 only asks. */
function signalGroup(signal) {
  try {
    return process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
    return false
  }
}

/** Below those that systems give to whoever asks for any, since seconds pass until the program listens. */
async function freePort() {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const candidate = 20_000 + Math.floor(Math.random() * 10_000)
    if (await isFree(candidate)) return candidate
  }
  throw new Error('No port from 20000 to 29999 is free.')
}

function isFree(candidate) {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false))
    probe.listen(candidate, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
