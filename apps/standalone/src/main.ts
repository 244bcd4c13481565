import { startStandalone } from './composition/standalone'
import { runProgram } from './program/run-program'
import { readSettings } from './settings/settings'

runProgram({
  readSettings: () => readSettings(process.env),
  start: startStandalone,
  stopTimeoutMs: 4_800,
})
