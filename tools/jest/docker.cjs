const { spawnSync } = require('node:child_process')

const TIMEOUT_MS = 5_000
const KNOWN = 'BILLSTREAM_DOCKER_RUNS'

/** Whether a Docker daemon answers. Asked once per run: child processes find the answer in their environment. */
function dockerRuns() {
  process.env[KNOWN] ??= String(spawnSync('docker', ['info'], { stdio: 'ignore', timeout: TIMEOUT_MS }).status === 0)
  return process.env[KNOWN] === 'true'
}

module.exports = { dockerRuns }
