const { compilerOptions } = require('./tsconfig.base.json')

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, `<rootDir>/${file.slice(2)}`]),
)
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleNameMapper,
  transform: { '^.+\\.ts$': ['@swc/jest', require('./tools/swc.options.cjs')] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.nx/'],
}

/** unit: pure and in memory. integration: a real PostgreSQL per run. e2e: the whole platform over HTTP. */
module.exports = {
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps}/**/*.spec.ts'] },
    { ...shared, displayName: 'integration', testMatch: ['<rootDir>/{libs,apps}/**/*.int-spec.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/test-e2e/**/*.e2e-spec.ts'] },
  ],
}
