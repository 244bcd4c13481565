export { eventRegistry, eventsByContext } from './event-registry'
export { allProjections, readModelMigrations } from './read-models'
export { allMigrations, openPostgresPlatform, proveServerSecret, type PostgresPlatform } from './postgres-platform'
export { isLoopback, SettingReader, SettingsInvalid, type Environment } from './settings/setting-reader'
export {
  LOG_LEVELS,
  readDrainMs,
  readRateLimits,
  readSignals,
  readWebhookTargets,
  type RateLimits,
  type SignalSettings,
} from './settings/shared-settings'
export { runService } from './process/run-service'
export { runProcess, type ReadyMessage, type RunningProcess } from './process/run-process'
export { stopOnSignals, stopOrder, unlessStopped } from './process/stop-order'
export { reachDatabase } from './process/reach-database'
export { reachEventStore } from './process/reach-event-store'
export { CannotStart } from './process/cannot-start'
export { explainFailure } from './process/explain-failure'
export { publishedAs } from './published-as'
export { tracedPublish } from './signals/traced-publish'
export { joinBrokers, type Joined } from './process/join-brokers'
export { serveOverKafka } from './process/serve-over-kafka'
export { pacedStore } from './process/paced-store'
export { isMemberReady, openMember, type Member } from './process/open-member'
export { startHealthServer } from './process/health-server'
export { Closers } from './process/closers'
export { loopsOfServices } from './platform-map'
export {
  readGatewaySettings,
  readPoolMax,
  readServiceSettings,
  type GatewaySettings,
  type ServiceSettings,
} from './settings/service-settings'
export { migrateDatabase } from './process/migrate-database'
export { readKafkaSettings } from './settings/kafka-settings'
export {
  countingLog,
  metricsAccessBesideApis,
  metricsAccessInside,
  openSignals,
  type OpenSignals,
} from './signals/open-signals'
export { lagsBehindHead, readConsumerLags, readProjectionLags, type Positions } from './signals/lags'
export { followedStore } from './signals/followed-store'
export { readGroupLags } from './signals/read-group-lags'
export { tracedBus } from './signals/observed-bus'
export { observedKafka } from './signals/observed-kafka'
export { observedPorts } from './signals/observed-ports'
export { observedProjections } from './signals/observed-projections'
export { observedProvider } from './signals/observed-provider'
export { observedService } from './signals/observed-service'
export { readPools, readQueueDepths } from './signals/read-database'
