import { bellsConformance } from '@billstream/event-sourcing-runtime/conformance'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase } from '../database/database'
import { PostgresBells } from './postgres-bells'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

bellsConformance('on PostgreSQL', () => twoProcesses())
bellsConformance('on PostgreSQL, where hints rest', () => twoProcesses({ hintRestMs: 25 }))

async function twoProcesses(how: { hintRestMs?: number } = {}) {
  const { connectionString } = await createTestDatabase()
  const open = () => openDatabase({ connectionString, poolMax: 1, log, ...how })
  const databases = [await open(), await open()] as const
  return {
    here: new PostgresBells(databases[0].notifications),
    elsewhere: new PostgresBells(databases[1].notifications),
    close: async () => {
      for (const database of databases) await database.close()
    },
  }
}
