const { setTimeout: pause } = require('node:timers/promises')
const { Kafka, logLevel } = require('kafkajs')

const READY_TIMEOUT_MS = 60_000
const POLL_MS = 100
const REQUEST_TIMEOUT_MS = 2_000

/**
 * Resolves when the broker at this address serves: it answers, knows itself as a live broker, and has a controller.
 * Throws with why() when it does not within a minute, or as soon as `over` is aborted.
 */
async function awaitReady(brokers, { over, why }) {
  const deadline = performance.now() + READY_TIMEOUT_MS
  let last = ''
  while (performance.now() < deadline && !over?.aborted) {
    last = await problemOf(brokers)
    if (last === undefined) return
    await pause(POLL_MS)
  }
  const what = over?.aborted ? 'has ended' : `does not serve within ${READY_TIMEOUT_MS} ms (${last})`
  throw new Error(`The Kafka broker at ${brokers} ${what}. Its last words:\n${await why()}`)
}

async function problemOf(brokers) {
  const admin = new Kafka({
    brokers: [brokers],
    clientId: 'readiness',
    connectionTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).admin()
  try {
    await admin.connect()
    const cluster = await admin.describeCluster()
    return cluster.brokers.length > 0 && cluster.controller !== null ? undefined : 'it knows no live broker yet'
  } catch (error) {
    return error.message
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

module.exports = { awaitReady }
