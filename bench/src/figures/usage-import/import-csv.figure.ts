import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from '../../figure'
import { createOrganization } from '../../world/api-client'
import type { Bench } from '../../world/bench'
import { timed } from '../../world/drive'
import { SERVER_SECRET, startStandalone } from '../../world/platform'
import { built } from '../../world/root'
import { createMetrics, METRICS } from '../../world/usage'

const LINES = 100_000
const LINES_QUICK = 200
const OPS = 'apps/ops/main'
const FIRST_CALL_MS = Date.UTC(2023, 10, 16, 18, 17, 3)
const BETWEEN_CALLS_MS = 400

/** `ops usage import` beside a running platform, the start of the program included: three events of each line. */
export const importCsv: Figure = {
  name: 'import_csv',
  unit: 'events/s',
  goal: { min: 10_000 },
  unavailable: () => (existsSync(built(OPS)) ? undefined : 'There is no ops program in this version.'),
  async prepare(bench) {
    const dataDir = bench.folder()
    const platform = await startStandalone(bench, { DATA_DIR: dataDir })
    const { id, api } = await createOrganization(bench, platform.address, 1)
    await createMetrics(api)
    const lines = bench.size(LINES, LINES_QUICK)
    const file = writeCalls(bench, lines)
    const events = lines * METRICS.length
    let customers = 0
    return {
      value: async () => {
        // Another customer each time: the same lines again would only be duplicates.
        customers += 1
        const customer = `customer-${customers}`
        let ingested = 0
        const seconds = await timed(async () => {
          ingested = await importFile(file, { dataDir, organizationId: id, customer })
        })
        if (ingested !== events) throw new Error(`${ingested} of ${events} events were imported.`)
        return events / seconds
      },
    }
  },
}

/** In the shape of a public trace of calls to a language model. */
function writeCalls(bench: Bench, lines: number): string {
  const file = join(bench.folder(), 'calls.csv')
  const text = Array.from({ length: lines }, (_, index) => {
    const at = new Date(FIRST_CALL_MS + index * BETWEEN_CALLS_MS).toISOString()
    return `${at.slice(0, 10)} ${at.slice(11, 23)}0000,${100 + (index % 7_000)},${1 + (index % 50)}`
  })
  writeFileSync(file, `TIMESTAMP,ContextTokens,GeneratedTokens\n${text.join('\n')}\n`)
  return file
}

interface Import {
  readonly dataDir: string
  readonly organizationId: string
  readonly customer: string
}

/** Resolves with the number of events that were taken. */
async function importFile(file: string, { dataDir, organizationId, customer }: Import): Promise<number> {
  const what = ['--organization', organizationId, '--customer', customer, '--time-column', 'TIMESTAMP']
  const events = ['context_tokens:tokens=ContextTokens', 'generated_tokens:tokens=GeneratedTokens', 'llm_calls']
  const flags = [...what, ...events.flatMap((event) => ['--event', event]), '--json']
  const { stdout } = await promisify(execFile)(process.execPath, [built(OPS), 'usage', 'import', file, ...flags], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: dataDir, SERVER_SECRET },
  })
  return (JSON.parse(stdout) as { ingested: number }).ingested
}
