#!/usr/bin/env node
// Brings node_modules to what package-lock.json says, when it is not there yet: `node tools/install.mjs [--dev]`.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const NODE_MIN = [20, 19]

/** Ends the process with a sentence for a person when this Node is too old. */
export function requireNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return
  console.error(`Billstream needs Node.js ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

/**
 * dev: with the tools for tests and checks. They stay where they already are: an installation is only ever added to.
 * Ends the process when npm fails.
 */
export function install({ dev }) {
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  const isPresent = ([path, { version, optional }]) => optional || present[path]?.version === version
  const isWanted = ([path, entry]) => path !== '' && (dev || !(entry.dev || entry.devOptional))
  if (Object.entries(wanted).filter(isWanted).every(isPresent)) return
  const withDev = dev || Object.values(present).some((entry) => entry.dev)
  console.log(`Installing ${withDev ? 'what running and testing need' : 'what running needs'} ...`)
  const [program, ...first] = npmCommand()
  // Explicit, because NODE_ENV=production would leave the development tools out.
  const selection = withDev ? '--include=dev' : '--omit=dev'
  // `npm ci` begins by removing what is there, under the feet of whatever runs from it; where something is, it is added to.
  const way = Object.keys(present).length === 0 ? ['ci'] : ['install', '--no-save']
  const flags = [...way, selection, '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const { status, error } = spawnSync(program, [...first, ...flags], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status === 0) return
  console.error(error ? `npm cannot be run: ${error.message}` : 'The installation failed: see above.')
  process.exit(status ?? 1)
}

/** What npm recorded, by path; npm writes the record in node_modules last, so a broken installation has none. */
function readPackages(path) {
  const file = join(root, path)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}

/** The npm that runs this script, else the one on the path. */
function npmCommand() {
  const running = process.env.npm_execpath
  return running && basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm']
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNodeVersion()
  install({ dev: process.argv.includes('--dev') })
}
