import { startServices } from './composition/services'
import { runProgram } from './program/run-program'
import { STOP_TIMEOUT_MS } from './services/service-process'
import { readServicesSettings, SERVICES_USAGE } from './services/services-settings'

/** What holds no service: a connection to the broker, the pools, and PostgreSQL, in milliseconds. */
const OWN_STOP_MS = 10_000
const options = process.argv.slice(2)

if (options.includes('--help')) process.stdout.write(`${SERVICES_USAGE}\n`)
else
  runProgram({
    readSettings: () => readServicesSettings(process.env, options),
    start: startServices,
    // Gateways, then services, then what is this process's own.
    stopTimeoutMs: 2 * STOP_TIMEOUT_MS + OWN_STOP_MS,
  })
