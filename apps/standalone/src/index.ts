export { startStandalone, type Standalone } from './composition/standalone'
export { readSettings, type Settings } from './settings/settings'
