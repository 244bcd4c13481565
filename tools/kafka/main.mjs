#!/usr/bin/env node
// `npm run kafka [-- --port N]`: an Apache Kafka broker for development. Its data stay in .data/kafka; Ctrl-C stops it.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { install, requireNodeVersion } from '../install.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const { values } = parseArgs({ options: { port: { type: 'string', default: '9092' } } })

requireNodeVersion()
install({ dev: true })
const { default: kafka } = await import('./broker.cjs')
const started = performance.now()
const port = Number(values.port)
try {
  const broker = await kafka.startBroker({ dataDir: join(root, '.data/kafka'), port, log: console.log })
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(`Apache Kafka serves at ${broker.brokers} after ${seconds} s. Ctrl-C stops it.`)
  await toldToStop()
  await broker.stop()
  console.log('Stopped.')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** The timer only keeps the process alive: the broker does not. */
function toldToStop() {
  const alive = setInterval(() => {}, 2 ** 30)
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve)
  }).finally(() => clearInterval(alive))
}
