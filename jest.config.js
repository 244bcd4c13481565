const { compilerOptions } = require('./tsconfig.base.json')
const { unavailable } = require('./tools/jest/needs.cjs')

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, `<rootDir>/${file.slice(2)}`]),
)
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleNameMapper,
  transform: { '^.+\\.ts$': ['@swc/jest', require('./tools/swc.options.cjs')] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.nx/'],
  testPathIgnorePatterns: ['/node_modules/', ...unavailable().map(({ suite }) => `<rootDir>/${suite}$`)],
}

/** Run once, and only when a suite of the project is to run. */
const withPostgres = {
  globalSetup: '<rootDir>/tools/jest/postgres-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/postgres-teardown.mjs',
}

const withKafka = {
  globalSetup: '<rootDir>/tools/jest/kafka-setup.mjs',
  globalTeardown: '<rootDir>/tools/jest/kafka-teardown.mjs',
}

/**
 * unit: pure and in memory. integration: a real PostgreSQL per run. e2e: the whole platform over HTTP.
 * kafka: a real broker per run, and a PostgreSQL.
 */
module.exports = {
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps,bench}/**/*.spec.ts'] },
    {
      ...shared,
      ...withPostgres,
      displayName: 'integration',
      testMatch: ['<rootDir>/{libs,apps,tools}/**/*.int-spec.ts'],
    },
    { ...shared, ...withPostgres, displayName: 'e2e', testMatch: ['<rootDir>/test-e2e/**/*.e2e-spec.ts'] },
    {
      ...shared,
      ...withKafka,
      displayName: 'kafka',
      testMatch: ['<rootDir>/{libs,apps,tools,test-e2e,examples}/**/*.kafka-spec.ts'],
    },
  ],
}
