import { startServices } from './composition/services'
import { runProgram } from './program/run-program'
import { readServicesSettings } from './services/services-settings'

runProgram({
  readSettings: () => readServicesSettings(process.env, process.argv.slice(2)),
  start: startServices,
  stopTimeoutMs: 25_000,
})
