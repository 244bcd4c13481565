#!/usr/bin/env node
// `npm run openapi`: writes the OpenAPI document of each public API to dist/openapi/<api>.json.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'dist/openapi')

requireNodeVersion()
install({ dev: false })
const { status } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const { openApiDocuments } = createRequire(import.meta.url)(join(root, 'dist/apps/gateway/index.js'))
mkdirSync(folder, { recursive: true })
for (const [name, document] of openApiDocuments()) {
  writeFileSync(join(folder, `${name}.json`), document)
  console.log(`dist/openapi/${name}.json`)
}
