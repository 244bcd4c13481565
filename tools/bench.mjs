#!/usr/bin/env node
// `npm run bench -- [--only NAME,...] [--json FILE] [--rounds N] [--quick]` and `npm run bench:scale`: installs what is missing,
// compiles, and measures.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const PROGRAMS = { figures: 'dist/bench/main.js', scale: 'dist/bench/scale/main.js' }

requireNodeVersion()
install({ dev: true })
// The table alone goes to standard output.
const { status } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: ['ignore', 2, 2] })
if (status !== 0) process.exit(status ?? 1)
process.setSourceMapsEnabled(true)
const program = process.argv[2] === 'scale' ? PROGRAMS.scale : PROGRAMS.figures
if (program === PROGRAMS.scale) process.argv.splice(2, 1)
createRequire(import.meta.url)(join(root, program))
