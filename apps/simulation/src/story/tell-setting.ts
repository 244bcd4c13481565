import type { SeededRandom } from '../chance/seeded-random'
import type { ChargeSetting, CustomerSetting, MetricSetting, PlanSetting, RangeSetting, Setting } from './story'

const AGGREGATIONS = ['count', 'sum', 'max', 'unique_count', 'latest'] as const
const INTERVALS = ['weekly', 'weekly', 'monthly', 'monthly', 'monthly', 'quarterly', 'yearly'] as const
export const TIMEZONES = ['UTC', 'America/Los_Angeles', 'Asia/Tokyo', 'Europe/Berlin', 'Asia/Kathmandu'] as const
const RATES = ['20', '7.7', '0', '19.25', '5'] as const
/** Those that come to a success at last are more likely. */
const TOKENS = [
  ...['pm_card_visa', 'pm_card_visa', 'pm_card_async_success', 'pm_card_lost_answer', 'pm_card_slow'],
  ...['pm_card_duplicate_notification', 'pm_card_async_failure', 'pm_card_3ds', 'pm_card_declined_fraud'],
  'pm_card_declined_lack_of_funds',
] as const
const ENDPOINTS = ['good', 'flaky', 'gone'] as const

export function tellSetting(random: SeededRandom): Setting {
  const metrics = AGGREGATIONS.map((aggregation, index): MetricSetting => ({
    code: `metric_${index}`,
    aggregation,
    rounding: random.chance(0.3)
      ? { fn: random.pick(['round', 'ceil', 'floor']), precision: random.between(0, 2) }
      : null,
  }))
  const plans = times(random.between(1, 3), () => tellPlan(random))
  const clocks = random.between(1, 2)
  const customers = times(random.between(2, 3), () => tellCustomer(random, clocks))
  return {
    timezone: random.pick(TIMEZONES),
    metrics,
    plans,
    clocks,
    customers,
    taxes: times(random.between(0, 3), () => ({
      rate: random.pick(RATES),
      customer: random.chance(0.5) ? null : random.between(0, customers.length - 1),
    })),
    endpoints: times(random.between(0, 2), () => random.pick(ENDPOINTS)),
  }
}

export function tellPlan(random: SeededRandom): PlanSetting {
  return {
    interval: random.pick(INTERVALS),
    amount: random.chance(0.2) ? '0' : String(random.between(1, 99_999)),
    charges: times(random.between(0, 4), () => tellCharge(random)),
  }
}

export function tellToken(random: SeededRandom): string {
  return random.pick(TOKENS)
}

function tellCustomer(random: SeededRandom, clocks: number): CustomerSetting {
  return {
    clock: random.chance(0.7) ? random.between(0, clocks - 1) : null,
    timezone: random.chance(0.5) ? random.pick(TIMEZONES) : null,
    graceDays: random.chance(0.4) ? random.between(0, 3) : null,
    token: random.chance(0.9) ? tellToken(random) : null,
  }
}

function tellCharge(random: SeededRandom): ChargeSetting {
  const metric = random.between(0, AGGREGATIONS.length - 1)
  switch (random.between(0, 3)) {
    case 0:
      return { metric, model: 'standard', properties: tellStandard(random) }
    case 1:
      return { metric, model: 'graduated', properties: { graduated_ranges: tellRanges(random) } }
    case 2:
      return { metric, model: 'volume', properties: { volume_ranges: tellRanges(random) } }
    default: {
      const free_units = random.chance(0.5) ? '0' : String(random.between(1, 20))
      const package_size = String(random.between(1, 12))
      return { metric, model: 'package', properties: { amount: price(random), package_size, free_units } }
    }
  }
}

function tellStandard(random: SeededRandom) {
  return {
    amount: price(random),
    ...(random.chance(0.2) && { min_price: String(random.between(1, 500)) }),
    ...(random.chance(0.2) && { max_price: String(random.between(500, 5_000)) }),
  }
}

function tellRanges(random: SeededRandom): RangeSetting[] {
  const ranges: RangeSetting[] = []
  let from = 0
  for (const isLast of [...times(random.between(0, 2), () => false), true]) {
    const to = from + random.between(1, 30)
    ranges.push({
      from_value: String(from),
      to_value: isLast ? null : String(to),
      per_unit_amount: price(random),
      flat_amount: random.chance(0.5) ? '0' : String(random.between(1, 300)),
    })
    from = to
  }
  return ranges
}

/** Minor units, also parts of them. */
function price(random: SeededRandom): string {
  const whole = String(random.between(0, 250))
  return random.chance(0.5) ? whole : `${whole}.${String(random.between(0, 999)).padStart(3, '0')}`
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
