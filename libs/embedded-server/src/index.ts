export { EmbeddedServerUnavailable } from './embedded-server-unavailable'
export { findRunningServer, type RunningServer } from './find-running-server'
export { startEmbeddedServer, type EmbeddedServer, type EmbeddedServerOptions } from './start-embedded-server'
