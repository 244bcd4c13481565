import type { TaxableLine } from './tax-lines'
import { taxLines } from './tax-lines'

/**
 * Lowers credit lines, in order, to what the invoice can bear: its total never goes below 0. There are no credit notes yet, so
 * the rest waits for the next invoice.
 */
export function bearCredits<Line extends TaxableLine>(lines: readonly Line[]): Line[] {
  if (lines.every(({ amount }) => amount >= 0n) || totalOf(lines) >= 0n) return [...lines]
  const borne = lines.map((line) => (line.amount < 0n ? { ...line, amount: 0n } : line))
  lines.forEach((line, index) => {
    if (line.amount < 0n) borne[index] = { ...line, amount: -greatestCredit(borne, index, -line.amount) }
  })
  return borne
}

/** The total falls with every unit of credit, so the greatest credit that leaves it at 0 or above is found by halving. */
function greatestCredit(lines: readonly TaxableLine[], index: number, wanted: bigint): bigint {
  let [borne, tooMuch] = [0n, wanted + 1n]
  while (borne + 1n < tooMuch) {
    const credit = (borne + tooMuch) / 2n
    const total = totalOf(lines.map((line, place) => (place === index ? { ...line, amount: -credit } : line)))
    if (total >= 0n) borne = credit
    else tooMuch = credit
  }
  return borne
}

function totalOf(lines: readonly TaxableLine[]): bigint {
  return lines.reduce((sum, { amount }) => sum + amount, 0n) + taxLines(lines).total
}
