import type { Figure } from '../figure'
import { append16x1, append4x4 } from './append/append.figures'
import { commandEmbedded1, commandEmbedded8, commandKafka32, commandKafka4 } from './commands/command.figures'
import { currentUsage1m } from './current-usage/current-usage.figure'
import { ingestBatch100 } from './ingestion/ingest-batch.figure'
import { ingestSingle } from './ingestion/ingest-single.figure'
import { invoiceStatements } from './invoices/invoice-statements.figure'
import { invoices10Lines } from './invoices/invoices.figure'
import { memoryIdle, memoryLoad } from './process/memory.figures'
import { startWarm } from './process/start-warm.figure'
import { rebuild1m } from './rebuild/rebuild.figure'
import { importCsv } from './usage-import/import-csv.figure'

/** Every published figure, in the order of the table. */
export const allFigures: readonly Figure[] = [
  ...[append16x1, append4x4],
  ...[ingestBatch100, ingestSingle, currentUsage1m],
  ...[commandEmbedded1, commandEmbedded8, commandKafka4, commandKafka32],
  ...[invoices10Lines, invoiceStatements],
  ...[rebuild1m, importCsv],
  ...[startWarm, memoryIdle, memoryLoad],
]
