const { brokerAvailability } = require('./availability.cjs')
const { startDockerBroker } = require('./docker-broker.cjs')
const { startJavaBroker } = require('./java-broker.cjs')

/**
 * Starts an Apache Kafka broker for tests and development: one node, on loopback, plain text. In Docker where that runs,
 * else in Java from Maven jars. CommonJS, because suites load it too.
 *
 * dataDir: kept from run to run; without one the data go to a temporary folder and away with the broker.
 * port: 9092, say; without one a free one. log: what takes long, one sentence at a time.
 *
 * Resolves, when it serves, with { brokers: 'host:port', pid, ... }; pid is undefined in Docker. The rest are promises:
 * - stop(): for good. - kill(): at once, as a power cut does. - restart(): again with the same port and data, also after
 *   kill(). - pause(), resume(): alive but silent, and back. - ended(): resolves when the broker that runs now has ended.
 * It does not outlive the process that started it, however that ends. Throws with the broker's last log lines when it
 * does not come up, with the reason when no broker can run here, and while another process serves from the dataDir.
 */
async function startBroker({ dataDir, port, log = () => {} } = {}) {
  const { kind, reason } = brokerAvailability()
  switch (kind) {
    case 'docker':
      return startDockerBroker({ dataDir, port, log })
    case 'maven':
      return startJavaBroker({ dataDir, port, log })
    default:
      throw new Error(`No Kafka broker can run here: ${reason}.`)
  }
}

module.exports = { startBroker }
