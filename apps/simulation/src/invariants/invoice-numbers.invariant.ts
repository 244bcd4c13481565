import { InvoiceFinalized } from '@billstream/invoicing-contracts'
import { eventsOf, grouped, type Invariant } from './observed-world'

/** The numbers of a series are 1, 2, 3 and so on, each on one invoice. */
export const numbersWithoutGap: Invariant = {
  name: 'numbers without gap',
  check(world) {
    const numbers = eventsOf(world, InvoiceFinalized).map(({ data }) => data.number)
    return [...grouped(numbers, seriesOf)].flatMap(([series, taken]) => {
      const places = taken.map((number) => Number(number.slice(series.length + 1))).sort((a, b) => a - b)
      return places.every((place, index) => place === index + 1) ? [] : [`${series}: ${places.join(', ')}`]
    })
  },
}

function seriesOf(number: string): string {
  return number.slice(0, number.lastIndexOf('-'))
}
