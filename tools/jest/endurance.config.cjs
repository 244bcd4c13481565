// For `npm run test:services`: the suites that kill and wait, besides those of the project `services`.
const everything = require('../../jest.config.js')

const services = everything.projects.find(({ displayName }) => displayName === 'services')

module.exports = {
  ...everything,
  rootDir: services.rootDir,
  projects: [
    services,
    {
      ...services,
      displayName: 'endurance',
      // Each of its suites starts what it kills.
      globalSetup: '<rootDir>/tools/jest/kafka-setup.mjs',
      globalTeardown: '<rootDir>/tools/jest/kafka-teardown.mjs',
      testMatch: [
        '<rootDir>/{test-e2e,apps}/**/src/**/*.endurance-spec.ts',
        '<rootDir>/test-e2e/src/**/*.endurance-spec.ts',
      ],
    },
  ],
}
