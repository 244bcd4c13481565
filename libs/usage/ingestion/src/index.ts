export { UsageIngestion, usageEventView, type UsageChecked, type UsageMessage } from './usage-ingestion'
