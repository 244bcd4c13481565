#!/usr/bin/env node
// `npm test`: installs what is missing, compiles, and runs every suite that this machine can run.
// Arguments go to jest: `npm test -- libs/kernel`.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const RESULT = join(root, 'node_modules/.cache/billstream/jest-result.json')
const WORKERS_MAX = 4

requireNodeVersion()
install({ dev: true })
const built = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: 'inherit' })
if (built.status !== 0) process.exit(built.status ?? 1)
const jest = runJest(process.argv.slice(2))
process.exitCode = summarize() && jest === 0 ? 0 : 1

function runJest(jestArguments) {
  mkdirSync(dirname(RESULT), { recursive: true })
  rmSync(RESULT, { force: true })
  const workers = Math.min(WORKERS_MAX, availableParallelism())
  const flags = ['--json', `--outputFile=${RESULT}`, `--maxWorkers=${workers}`, ...jestArguments]
  // Tests are not production, whatever the caller's environment says.
  const env = { ...process.env, NODE_ENV: 'test' }
  // The JSON also goes to standard output, where nobody reads it; the report goes to standard error.
  return spawnSync(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...flags], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  }).status
}

/** Says what was left out and why. false when something was left out that had to run. */
function summarize() {
  const { unavailable } = createRequire(import.meta.url)('./jest/needs.cjs')
  const result = readResult()
  if (result === undefined) return false
  const missing = unavailable()
  const lost = missing.filter(({ required }) => required !== undefined && process.env[required])
  const silent = result.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => `${relative(root, name)}: ${fullName}`),
  )
  console.log(`\n${result.numPassedTests} tests passed, ${result.numFailedTests} failed.`)
  for (const { suite, needs, project } of missing) {
    console.log(`Left out on this machine: ${suite}${project === undefined ? '' : ` in ${project}`} needs ${needs}.`)
  }
  for (const { suite, required } of lost) console.error(`${required} is set, so ${suite} must run.`)
  for (const test of silent) console.error(`Skipped without a reason (see tools/jest/needs.cjs): ${test}`)
  if (missing.length === 0 && silent.length === 0) console.log('Nothing was left out.')
  return lost.length === 0 && silent.length === 0
}

function readResult() {
  try {
    return JSON.parse(readFileSync(RESULT, 'utf8'))
  } catch (error) {
    console.error(`jest left no result: ${error.message}`)
    return undefined
  }
}
