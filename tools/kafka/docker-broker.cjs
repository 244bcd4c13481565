const { createHash } = require('node:crypto')
const { resolve } = require('node:path')
const { brokerSettings } = require('./broker-settings.cjs')
const { freePort } = require('./free-port.cjs')
const { awaitReady } = require('./readiness.cjs')

const IMAGE = 'apache/kafka:4.1.1'
const DATA = '/var/lib/kafka/data'
const CLIENT_PORT = 9092
const START_TIMEOUT_MS = 300_000
const LOG_LINES = 50

/** startBroker of broker.cjs, in Docker. The data of a dataDir are in a volume named after it. */
async function startDockerBroker({ dataDir, port, log }) {
  const { GenericContainer, Wait, getContainerRuntimeClient } = require('testcontainers')
  const runtime = await getContainerRuntimeClient()
  const { host } = runtime.info.containerRuntime
  // Clients are sent to the address that the broker announces, so the port outside is chosen before it starts.
  const brokers = `${host}:${port ?? (await freePort('127.0.0.1'))}`
  log(`Starting ${IMAGE} in Docker ...`)
  const started = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: CLIENT_PORT, host: Number(brokers.split(':').at(-1)) })
    .withEnvironment(environment(brokers))
    .withBindMounts(dataDir === undefined ? [] : [{ source: volumeOf(dataDir), target: DATA, mode: 'rw' }])
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start()
  const container = runtime.container.getById(started.getId())
  const why = async () => String(await container.logs({ stdout: true, stderr: true, tail: LOG_LINES }))
  const ready = () => awaitReady(brokers, { why })
  await ready()
  return {
    brokers,
    pid: undefined,
    stop: async () => void (await started.stop({ remove: true, removeVolumes: dataDir === undefined })),
    kill: () => container.kill(),
    ended: async () => void (await container.wait()),
    pause: () => container.pause(),
    resume: () => container.unpause(),
    async restart() {
      await container.restart()
      await ready()
    },
  }
}

function volumeOf(dataDir) {
  return `billstream-kafka-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12)}`
}

/** The image reads a setting `a.b` from `KAFKA_A_B`. */
function environment(brokers) {
  const settings = {
    ...brokerSettings,
    listeners: `CLIENT://:${CLIENT_PORT},INTERNAL://:19092,CONTROLLER://:9093`,
    'advertised.listeners': `CLIENT://${brokers},INTERNAL://localhost:19092`,
    'inter.broker.listener.name': 'INTERNAL',
    'controller.quorum.voters': '1@localhost:9093',
    'log.dirs': DATA,
  }
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]),
  )
}

module.exports = { startDockerBroker }
