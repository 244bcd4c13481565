import type { Invariant } from './observed-world'

const LETTERS_MAX = 100

/** Nothing went wrong for good, and nobody was told what cannot be. */
export const nothingIsBroken: Invariant = {
  name: 'no dead letters, no alarms, no surprises',
  async check({ ports, ledger, errors }) {
    const letters = await ports.deadLetters.list({ limit: LETTERS_MAX })
    const alarms = await ports.processes.alarms(LETTERS_MAX)
    return [
      ...letters.map(({ consumer, key, error }) => `a dead letter of ${consumer} for ${key}: ${error}`),
      ...alarms.map(({ row, code }) => `${row.process} was refused ${row.type} with ${code}`),
      ...ledger.surprises,
      ...errors,
    ]
  },
}
