import { decimal, decimalOfMinor, formatDecimal, roundToMinor, splitByLargestRemainder } from '@billstream/kernel'
import type { InvoiceTax, FeeTax } from '@billstream/invoicing-contracts'
import type { Static } from '@sinclair/typebox'
import type { TaxRate } from './invoice-inputs'

/** amount: minor units after discounts. */
export interface TaxableLine {
  readonly amount: bigint
  readonly taxes: readonly TaxRate[]
}

export interface TaxedLines {
  /** One per code and rate, in the order in which lines name them. */
  readonly rows: Static<typeof InvoiceTax>[]
  /** The share of each line in each of its taxes, in the order of the lines. */
  readonly shares: Static<typeof FeeTax>[][]
  readonly total: bigint
}

/**
 * Once per tax code and rate over the lines that it applies to: round(sum x rate), spread over them by largest remainder.
 * Source: domain.md section 8, step 5.
 */
export function taxLines(lines: readonly TaxableLine[]): TaxedLines {
  const shares: Static<typeof FeeTax>[][] = lines.map(() => [])
  const rows = [...groupByTax(lines).values()].map(({ tax, members }) => {
    const amounts = members.map((index) => lines[index]?.amount ?? 0n)
    const taxable = amounts.reduce((sum, amount) => sum + amount, 0n)
    const amount = taxOf(taxable, tax.rate)
    splitByLargestRemainder(amount, amounts).forEach((share, place) => {
      shares[members[place] ?? -1]?.push({ ...tax, amount: share.toString() })
    })
    return { ...tax, taxable: taxable.toString(), amount: amount.toString() }
  })
  return { rows, shares, total: rows.reduce((sum, { amount }) => sum + BigInt(amount), 0n) }
}

/** rate: percent. Half away from zero. */
function taxOf(taxable: bigint, rate: string): bigint {
  return roundToMinor(decimalOfMinor(taxable).times(rate).times('0.01'))
}

interface TaxGroup {
  readonly tax: TaxRate
  /** Places of the lines. */
  readonly members: number[]
}

function groupByTax(lines: readonly TaxableLine[]): Map<string, TaxGroup> {
  const groups = new Map<string, TaxGroup>()
  lines.forEach(({ taxes }, index) => {
    for (const tax of taxes) {
      const key = JSON.stringify([tax.code, formatDecimal(decimal(tax.rate))])
      const group = groups.get(key) ?? { tax, members: [] }
      group.members.push(index)
      groups.set(key, group)
    }
  })
  return groups
}
