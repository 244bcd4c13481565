#!/usr/bin/env node
// `npm run kafka`: an Apache Kafka broker for development. Its data stay in .data/kafka; Ctrl-C stops it.
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { install, requireNodeVersion } from '../install.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const PORT = 9092
const PORT_MAX = 65_535
const USAGE = `npm run kafka -- [options]: an Apache Kafka broker for development, on loopback. Ctrl-C stops it.
  --port N       where it answers (${PORT})
  --data FOLDER  where its data stay (.data/kafka)
  --help         this text`

const options = readOptions()
requireNodeVersion()
install({ dev: true })
const { default: kafka } = await import('./broker.cjs')
try {
  const started = performance.now()
  const broker = await kafka.startBroker({ ...options, log: console.log })
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(`Apache Kafka serves at ${broker.brokers} after ${seconds} s. Ctrl-C stops it.`)
  const hasEnded = await Promise.race([toldToStop(), broker.ended().then(() => true)])
  if (hasEnded) throw new Error(`The Kafka broker at ${broker.brokers} has ended by itself.`)
  await broker.stop()
  console.log('Stopped.')
  process.exit(0)
} catch (error) {
  fail(error.code === 'EADDRINUSE' ? `--port: ${options.port} is taken by another program.` : error.message)
}

/** Ends the process with a sentence when they are wrong, or with the usage. */
function readOptions() {
  const { port, data, help } = parsed()
  if (help) {
    console.log(USAGE)
    process.exit(0)
  }
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > PORT_MAX)
    fail(`--port: ${JSON.stringify(port)} is not a whole number from 1 to ${PORT_MAX}.`)
  // npm runs scripts in the root, wherever it was called.
  return { port: Number(port), dataDir: resolve(process.env.INIT_CWD ?? '.', data) }
}

function parsed() {
  const text = { type: 'string' }
  try {
    return parseArgs({
      options: {
        port: { ...text, default: String(PORT) },
        data: { ...text, default: join(root, '.data/kafka') },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`)
  }
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

/** The timer only keeps the process alive: the broker does not. */
function toldToStop() {
  const alive = setInterval(() => {}, 2 ** 30)
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve(false))
  }).finally(() => clearInterval(alive))
}
