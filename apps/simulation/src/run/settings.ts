import { parseArgs } from 'node:util'
import { STANDARD_RATES, type FaultRates } from '../faults/fault-rates'

export interface SimulateSettings {
  readonly seeds: number
  readonly from: number
  readonly workers: number
  readonly rates: FaultRates
  readonly json: boolean
}

export const USAGE = `Usage: npm run simulate -- --seeds N [--from S] [--workers W] [--rate NAME=SHARE ...] [--json]

  --seeds N            how many seeds (20)
  --from S             the first one (1)
  --workers W          threads (one per core)
  --rate NAME=SHARE    how often a fault strikes, 0 to 1: ${Object.keys(STANDARD_RATES).join(', ')}
  --json               a summary for machines on standard output

Exit code 0: every seed held. 1: one was broken. 2: the arguments were wrong.`

/** Throws TypeError with a sentence on arguments that it cannot read. */
export function readSettings(args: readonly string[], cores: number): SimulateSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '20' },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(cores) },
      rate: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    seeds: wholeNumber('seeds', values.seeds),
    from: wholeNumber('from', values.from),
    workers: wholeNumber('workers', values.workers),
    rates: { ...STANDARD_RATES, ...Object.fromEntries(values.rate.map(readRate)) },
    json: values.json,
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw new TypeError(`--${name} must be a whole number above 0.`)
  return Number(text)
}

function readRate(text: string): [string, number] {
  const [name = '', share = ''] = text.split('=')
  const rate = Number(share)
  const isShare = share !== '' && rate >= 0 && rate <= 1
  if (!Object.hasOwn(STANDARD_RATES, name) || !isShare) throw new TypeError(`--rate ${text}: NAME=SHARE, 0 to 1.`)
  return [name, rate]
}
