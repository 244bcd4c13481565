const { spawnSync } = require('node:child_process')
const { readdirSync } = require('node:fs')
const { dirname, join, relative, resolve } = require('node:path')
const { brokerAvailability } = require('../kafka/availability.cjs')
const { dockerRuns } = require('./docker.cjs')

const ROOT = resolve(__dirname, '../..')
const FOLDERS = ['apps', 'libs', 'test-e2e', 'tools', 'examples']

const broker = {
  needs: () => `an Apache Kafka broker, in Docker or with Java and Maven (${brokerAvailability().reason})`,
  available: () => brokerAvailability().kind !== 'none',
  required: 'REQUIRE_KAFKA',
}

/**
 * Suites that not every machine can run. suites: their paths from the root. project: the jest project that leaves them out, where
 * another one runs them all the same. needs: as the summary of `npm test` says it. required: an environment variable that makes
 * a missing need a failure instead of a skip.
 */
const needs = [
  {
    suites: () => ['libs/embedded-server/src/root.int-spec.ts'],
    needs: () => 'to run as root',
    available: () => process.getuid?.() === 0,
  },
  { ...broker, suites: () => [...suitesNamed('.kafka-spec.ts'), ...suitesNamed('.services-spec.ts')] },
  { ...broker, suites: () => suitesNamed('.e2e-spec.ts').filter(isOfEveryPlatform), project: 'services' },
  {
    suites: () => ['libs/event-store-kurrentdb/src/kurrent-event-store.int-spec.ts'],
    needs: () => 'a KurrentDB, at KURRENTDB_URL or in Docker',
    available: () => Boolean(process.env.KURRENTDB_URL) || dockerRuns(),
    required: 'REQUIRE_KURRENTDB',
  },
  {
    suites: () => ['examples/subscriber/test/python-subscriber.kafka-spec.ts'],
    needs: () => 'python3 with venv and pip',
    available: () => spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0,
  },
]

/** One entry per suite that cannot run here: { suite, project, needs, required }. */
function unavailable() {
  return needs
    .filter(({ available }) => !available())
    .flatMap(({ suites, needs, ...need }) => suites().map((suite) => ({ ...need, suite, needs: needs() })))
}

/** What is about one machine is in a folder of its own. */
function isOfEveryPlatform(suite) {
  return dirname(suite) === join('test-e2e', 'src')
}

function suitesNamed(suffix) {
  return FOLDERS.flatMap((folder) => filesBelow(join(ROOT, folder)))
    .filter((file) => file.endsWith(suffix))
    .map((file) => relative(ROOT, file))
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

module.exports = { unavailable }
