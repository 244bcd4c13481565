/**
 * Suites that not every machine can run. suite: path from the root. needs: as the summary of `npm test` says it.
 * required: an environment variable that makes a missing need a failure instead of a skip.
 */
const needs = [
  {
    suite: 'libs/embedded-server/src/root.int-spec.ts',
    needs: 'to run as root',
    available: () => process.getuid?.() === 0,
  },
]

module.exports = { unavailable: () => needs.filter(({ available }) => !available()) }
