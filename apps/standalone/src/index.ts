export { readSettings, type Settings } from './settings/settings'
export { runPlatform, type PlatformOptions, type RunningPlatform } from './composition/running-platform'
export { startStandalone } from './composition/standalone'
