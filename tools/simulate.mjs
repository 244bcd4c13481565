#!/usr/bin/env node
// `npm run simulate -- --seeds N [--from S]`: compiles what has changed, and lives through seeded stories with faults.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

requireNodeVersion()
install({ dev: false })
const built = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: ['ignore', 2, 2] })
if (built.status !== 0) process.exit(built.status ?? 1)
const program = join(root, 'dist/apps/simulation/main.js')
const args = ['--enable-source-maps', program, ...process.argv.slice(2)]
process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1)
