#!/usr/bin/env node
// `npm run ops -- <command>`: the operators' command line; installs what is missing and compiles what has changed first.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

requireNodeVersion()
install({ dev: false })
// Ctrl-C ends the compiler: what was asked for has not begun, and that is said as the command would say it.
let isInterrupted = false
const hear = () => (isInterrupted = true)
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) process.on(signal, hear)
// Standard output belongs to the command: what the compiler says goes beside it.
const { status } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: ['inherit', 2, 'inherit'] })
await new Promise((resolve) => setImmediate(resolve))
if (isInterrupted) {
  const message = 'It was broken off before it began: nothing was done.'
  console.error(process.argv.includes('--json') ? JSON.stringify({ error: { code: 'interrupted', message } }) : message)
  process.exit(130)
}
if (status !== 0) process.exit(status ?? 1)
process.setSourceMapsEnabled(true)
createRequire(import.meta.url)(join(root, 'dist/apps/ops/main.js'))
for (const signal of signals) process.off(signal, hear)
