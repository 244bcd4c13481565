#!/usr/bin/env node
// `npm run services -- --kafka HOST:PORT [--replicas N]`: installs what is missing, compiles what has changed, and runs every
// service as processes of its own.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

requireNodeVersion()
install({ dev: false })
const { status } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
process.setSourceMapsEnabled(true)
createRequire(import.meta.url)(join(root, 'dist/apps/standalone/services.main.js'))
