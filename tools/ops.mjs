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
// Standard output belongs to the command: what the compiler says goes beside it.
const { status } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: ['inherit', 2, 'inherit'] })
if (status !== 0) process.exit(status ?? 1)
process.setSourceMapsEnabled(true)
createRequire(import.meta.url)(join(root, 'dist/apps/ops/main.js'))
