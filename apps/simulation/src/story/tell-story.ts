import { SeededRandom } from '../chance/seeded-random'
import type { Action, Setting, Story, UsageSketch } from './story'
import { tellPlan, tellSetting, tellToken, times, TIMEZONES } from './tell-setting'

const ACTIONS = { least: 10, greatest: 22 } as const
const EVENTS_PER_REQUEST_MAX = 8
const HOURS_PER_DAY = 24
const LATE_DAYS_MAX = 40

/** What is left to know while a story is told. */
interface Telling {
  readonly random: SeededRandom
  readonly setting: Setting
  subscriptions: number
  transactions: number
}

type Untold = Action extends infer Each ? (Each extends Action ? Omit<Each, 'id'> : never) : never
type Teller = (telling: Telling) => Untold

/** How often each kind comes, against the others. */
const TELLERS: readonly (readonly [number, Teller])[] = [
  [8, ingest],
  [5, advanceClock],
  [2, passTime],
  [2, subscribe],
  [1, changePlan],
  [1, addMethod],
  [2, retryPayments],
  [1, finalizeDrafts],
  [1, terminate],
  [1, changeCustomer],
  [1, activate],
]

/** The story of a seed; the same seed tells the same story. */
export function tellStory(seed: number): Story {
  const random = new SeededRandom(`story ${seed}`)
  const setting = tellSetting(random.fork('setting'))
  const telling: Telling = { random: random.fork('actions'), setting, subscriptions: 0, transactions: 0 }
  const first = [subscribe, subscribe, ingest].map((tell) => tell(telling))
  const rest = times(telling.random.between(ACTIONS.least, ACTIONS.greatest), () => tellerOf(telling)(telling))
  return { seed, setting, actions: [...first, ...rest].map((action, id) => ({ ...action, id })) }
}

function tellerOf({ random }: Telling): Teller {
  const sum = TELLERS.reduce((total, [weight]) => total + weight, 0)
  let drawn = random.next() * sum
  for (const [weight, tell] of TELLERS) {
    if (drawn < weight) return tell
    drawn -= weight
  }
  return ingest
}

function subscribe(telling: Telling): Untold {
  const { random, setting } = telling
  telling.subscriptions += 1
  const payInAdvance = random.chance(0.5)
  return {
    kind: 'subscribe',
    customer: anyOf(random, setting.customers),
    plan: anyOf(random, setting.plans),
    billingTime: random.pick(['calendar', 'anniversary']),
    payInAdvance,
    onTermination: random.pick(['generate_invoice', 'skip']),
    startedHoursAgo: startOf(random),
  }
}

function startOf(random: SeededRandom): number | null {
  const chance = random.next()
  if (chance < 0.1) return null
  if (chance < 0.25) return -random.between(1, 20 * HOURS_PER_DAY)
  return chance < 0.5 ? random.between(1, 60 * HOURS_PER_DAY) : 0
}

function ingest(telling: Telling): Untold {
  const { random, setting } = telling
  const events = times(random.between(1, EVENTS_PER_REQUEST_MAX), () => sketch(telling))
  return { kind: 'ingest', customer: anyOf(random, setting.customers), events }
}

function sketch(telling: Telling): UsageSketch {
  const { random, setting } = telling
  const isAgain = telling.transactions > 0 && random.chance(0.2)
  const transaction = isAgain ? random.between(0, telling.transactions - 1) : telling.transactions
  if (!isAgain) telling.transactions += 1
  return {
    transaction,
    metric: anyOf(random, setting.metrics),
    hoursAgo: hoursAgo(random),
    value: valueOf(random),
    subscription: random.chance(0.25) ? random.between(0, 2) : null,
    again: isAgain ? random.pick(['same', 'same', 'other']) : null,
  }
}

/** Mostly recent, sometimes late, rarely too far ahead. */
function hoursAgo(random: SeededRandom): number {
  const chance = random.next()
  if (chance < 0.03) return -1
  if (chance < 0.7) return random.next() * HOURS_PER_DAY
  return random.next() * LATE_DAYS_MAX * HOURS_PER_DAY
}

function valueOf(random: SeededRandom): string {
  const sign = random.chance(0.05) ? '-' : ''
  const whole = random.between(0, 40)
  return random.chance(0.6) ? `${sign}${whole}` : `${sign}${whole}.${random.between(1, 999)}`
}

function advanceClock({ random, setting }: Telling): Untold {
  const hours = random.chance(0.5)
    ? random.between(1, 5 * HOURS_PER_DAY)
    : random.between(5 * HOURS_PER_DAY, 40 * HOURS_PER_DAY)
  return { kind: 'advance-clock', clock: random.between(0, setting.clocks - 1), hours }
}

function passTime({ random }: Telling): Untold {
  return { kind: 'pass-time', hours: random.between(1, 30 * HOURS_PER_DAY) }
}

function changePlan({ random, setting }: Telling): Untold {
  const plan = anyOf(random, setting.plans)
  return { kind: 'change-plan', plan, to: tellPlan(random) }
}

function addMethod({ random, setting }: Telling): Untold {
  return { kind: 'add-method', customer: anyOf(random, setting.customers), token: tellToken(random) }
}

function retryPayments({ random, setting }: Telling): Untold {
  return { kind: 'retry-payments', customer: anyOf(random, setting.customers) }
}

function finalizeDrafts({ random, setting }: Telling): Untold {
  return { kind: 'finalize-drafts', customer: anyOf(random, setting.customers) }
}

function terminate({ random, subscriptions }: Telling): Untold {
  const onTermination = random.pick(['generate_invoice', 'skip', null] as const)
  return { kind: 'terminate', subscription: random.between(0, subscriptions - 1), onTermination }
}

function activate({ random, subscriptions }: Telling): Untold {
  return { kind: 'activate', subscription: random.between(0, subscriptions - 1) }
}

function changeCustomer({ random, setting }: Telling): Untold {
  const customer = anyOf(random, setting.customers)
  return { kind: 'change-customer', customer, timezone: random.pick(TIMEZONES), graceDays: random.between(0, 3) }
}

function anyOf(random: SeededRandom, list: readonly unknown[]): number {
  return random.between(0, list.length - 1)
}
