#!/usr/bin/env node
// `npm start`: installs what is missing, compiles what has changed, and runs every service in this process.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

requireNodeVersion()
install({ dev: false })
// In a process of its own, so that the compiler takes no memory from the services.
const { status } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
process.setSourceMapsEnabled(true)
createRequire(import.meta.url)(join(root, 'dist/apps/standalone/main.js'))
