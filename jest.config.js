const { compilerOptions } = require('./tsconfig.base.json')
const { unavailable } = require('./tools/jest/needs.cjs')

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, `<rootDir>/${file.slice(2)}`]),
)
const shared = (displayName) => ({
  displayName,
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleNameMapper,
  transform: { '^.+\\.ts$': ['@swc/jest', require('./tools/swc.options.cjs')] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.nx/'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...unavailable()
      .filter(({ project = displayName }) => project === displayName)
      .map(({ suite }) => `<rootDir>/${suite}$`),
  ],
})

/** Run once, and only when a suite of the project is to run. */
const withPostgres = {
  globalSetup: '<rootDir>/tools/jest/postgres-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/postgres-teardown.mjs',
}

const withServices = {
  globalSetup: '<rootDir>/tools/jest/services-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/services-teardown.mjs',
  setupFiles: ['<rootDir>/tools/jest/over-services.cjs'],
}

const withKafka = {
  globalSetup: '<rootDir>/tools/jest/kafka-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/kafka-teardown.mjs',
}

/**
 * unit: pure and in memory. integration: a real PostgreSQL per run. e2e: the whole platform over HTTP.
 * kafka: a real broker per run, and a PostgreSQL. services: what e2e says of the platform, of its services over a real broker.
 */
module.exports = {
  // When a test that hangs is given up: on a busy machine of two cores a sound one has taken more than 30 s.
  testTimeout: 120_000,
  // In the order in which what they share is stopped.
  projects: [
    { ...shared('unit'), testMatch: ['<rootDir>/{libs,apps,bench}/**/*.spec.ts'] },
    { ...shared('integration'), ...withPostgres, testMatch: ['<rootDir>/{libs,apps,tools}/**/*.int-spec.ts'] },
    { ...shared('e2e'), ...withPostgres, testMatch: ['<rootDir>/test-e2e/**/*.e2e-spec.ts'] },
    {
      ...shared('services'),
      ...withServices,
      // What is about one machine is in a folder of its own.
      testMatch: ['<rootDir>/test-e2e/src/*.e2e-spec.ts', '<rootDir>/test-e2e/src/**/*.services-spec.ts'],
    },
    {
      ...shared('kafka'),
      ...withKafka,
      testMatch: ['<rootDir>/{libs,apps,tools,test-e2e,examples}/**/*.kafka-spec.ts'],
    },
  ],
}
