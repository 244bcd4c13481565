import type { Figure } from '../../figure'
import { startStandalone } from '../../world/platform'
import { ClosingCustomers } from './closing-customers'

const CUSTOMERS = 300
const CUSTOMERS_QUICK = 5

/** Periods that end at one instant, from that instant until the last of their invoices is final in its view. */
export const invoices10Lines: Figure = {
  name: 'invoices_10_lines',
  unit: 'invoices/s',
  goal: { min: 100 },
  async prepare(bench) {
    const platform = await startStandalone(bench)
    const closing = await ClosingCustomers.prepare(bench, platform.address)
    const customers = bench.size(CUSTOMERS, CUSTOMERS_QUICK)
    const value = async () => {
      const seconds = await closing.close(await closing.subscribe(customers), customers)
      return customers / seconds
    }
    await value()
    await closing.expectTenLines()
    return { value }
  },
}
