export { startStandalone } from './composition/standalone'
export { readSettings, type Settings } from './settings/settings'
