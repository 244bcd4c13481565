export { EmbeddedServerUnavailable } from './embedded-server-unavailable'
export { startEmbeddedServer, type EmbeddedServer, type EmbeddedServerOptions } from './start-embedded-server'
