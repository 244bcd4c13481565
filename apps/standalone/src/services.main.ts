import { startServices } from './composition/services'
import { runProgram } from './program/run-program'
import { readServicesSettings, SERVICES_USAGE } from './services/services-settings'

const options = process.argv.slice(2)

if (options.includes('--help')) process.stdout.write(`${SERVICES_USAGE}\n`)
else
  runProgram({
    readSettings: () => readServicesSettings(process.env, options),
    start: startServices,
    stopTimeoutMs: 25_000,
  })
