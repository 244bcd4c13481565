#!/usr/bin/env node
// `npm run test:services`: the services over a real broker, two processes of each, and what they do when processes are killed and
// the broker goes away. Takes a quarter of an hour. Arguments go to jest: `npm run test:services -- the-same-bill`.
// SEED=n tells the same story; SERVICES_REPLICAS=n: other than two.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, requireNodeVersion } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

requireNodeVersion()
install({ dev: true })
const { brokerAvailability } = createRequire(import.meta.url)('./kafka/availability.cjs')
const { kind, reason } = brokerAvailability()
if (kind === 'none') {
  console.error(`This needs an Apache Kafka broker, in Docker or with Java and Maven: ${reason}.`)
  process.exit(1)
}
const flags = ['--config', join(root, 'tools/jest/endurance.config.cjs'), '--runInBand', ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...flags], {
  cwd: root,
  env: { SERVICES_REPLICAS: '2', ...process.env, NODE_ENV: 'test' },
  stdio: 'inherit',
})
process.exit(status ?? 1)
