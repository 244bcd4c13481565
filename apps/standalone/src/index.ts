export { startStandalone, type Standalone } from './standalone'
export { readSettings, SettingsInvalid, type Settings } from './settings/settings'
