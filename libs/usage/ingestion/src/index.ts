export { UsageIngestion, usageEventView, type UsageChecked, type UsageMessage } from './usage-ingestion'
export { REST_OF_LINE } from './whole-lines'
