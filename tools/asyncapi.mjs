#!/usr/bin/env node
// `npm run asyncapi`: writes the AsyncAPI document of the published events to dist/asyncapi.json.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

requireNodeVersion()
install({ dev: false })
const { status } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const require = createRequire(import.meta.url)
const { asyncApiDocument } = require(join(root, 'dist/libs/messaging/index.js'))
const { eventsByContext } = require(join(root, 'dist/libs/hosting/index.js'))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const document = asyncApiDocument({ version, eventsByContext })
writeFileSync(join(root, 'dist/asyncapi.json'), `${JSON.stringify(document, undefined, 2)}\n`)
console.log('dist/asyncapi.json')
