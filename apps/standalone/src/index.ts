export { startStandalone, type Standalone } from './composition/standalone'
export { readSettings, SettingsInvalid, type Settings } from './settings/settings'
