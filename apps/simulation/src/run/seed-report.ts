import type { Action } from '../story/story'

/** What became of one seed. */
export type SeedReport =
  | { readonly seed: number; readonly isBroken: false; readonly events: number; readonly invoices: number }
  | {
      readonly seed: number
      readonly isBroken: true
      readonly invariant: string
      readonly values: readonly string[]
      /** After which action; null: at the end. */
      readonly actionId: number | null
      /** The shortest history found that breaks as well. */
      readonly history: readonly Action[]
    }

const VALUES_SHOWN_MAX = 5
const VALUE_CHARACTERS_MAX = 1_500

/** A broken seed for people: how to run it again, what broke, and the shortened history. */
export function textOfBroken(report: Extract<SeedReport, { isBroken: true }>): string {
  const values = report.values.slice(0, VALUES_SHOWN_MAX).map((value) => `  ${value.slice(0, VALUE_CHARACTERS_MAX)}`)
  const when = report.actionId === null ? 'at the end' : `after action ${report.actionId}`
  return [
    `Seed ${report.seed} breaks "${report.invariant}" ${when}:`,
    ...values,
    `Run it again: npm run simulate -- --seeds 1 --from ${report.seed}`,
    `Shortened to ${report.history.length} actions:`,
    ...report.history.map((action) => `  ${JSON.stringify(action)}`),
  ].join('\n')
}
