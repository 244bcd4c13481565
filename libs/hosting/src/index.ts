export { eventRegistry, eventsByContext } from './event-registry'
export { allProjections, readModelMigrations } from './read-models'
export { allMigrations, openPostgresPlatform, type PostgresPlatform } from './postgres-platform'
export { isLoopback, SettingReader, SettingsInvalid, type Environment } from './settings/setting-reader'
export { LOG_LEVELS, readRateLimits, readWebhookTargets, type RateLimits } from './settings/shared-settings'
export { runService } from './process/run-service'
export { runProcess, type ReadyMessage, type RunningProcess } from './process/run-process'
export { publishedAs } from './published-as'
export { joinBrokers, type Joined } from './process/join-brokers'
export { serveOverKafka } from './process/serve-over-kafka'
export { openMember, type Member } from './process/open-member'
export { startHealthServer } from './process/health-server'
export { Closers } from './process/closers'
export { loopsOfServices } from './platform-map'
export {
  readGatewaySettings,
  readServiceSettings,
  type GatewaySettings,
  type ServiceSettings,
} from './settings/service-settings'
export { migrateDatabase } from './process/migrate-database'
export { readKafkaSettings } from './settings/kafka-settings'
export { canBeMended } from './process/can-be-mended'
