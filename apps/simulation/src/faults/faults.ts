import type { SeededRandom } from '../chance/seeded-random'
import type { FaultName, FaultRates } from './fault-rates'

/** What a call of a port meets. */
export type CallFault = 'slowCall' | 'unavailable' | 'lostAnswer' | 'crashBefore' | 'crashAfter' | 'pause'

/** Decides what goes wrong, by the seed. In calm weather nothing does, so that what has begun can come to its end. */
export class Faults {
  /** Asked at each call: time may have moved on since the last one. */
  isCalm: () => boolean = () => true
  /** How often each has struck. */
  readonly struck: Partial<Record<FaultName, number>> = {}
  private readonly calls: readonly (readonly [CallFault, number])[]
  private readonly callRate: number

  constructor(
    readonly rates: FaultRates,
    private readonly random: SeededRandom,
  ) {
    const { slowCall, unavailable, lostAnswer, crash, pause } = rates
    this.calls = [
      ['slowCall', slowCall],
      ['unavailable', unavailable],
      ['lostAnswer', lostAnswer],
      ['crashBefore', crash / 2],
      ['crashAfter', crash / 2],
      ['pause', pause],
    ]
    this.callRate = this.calls.reduce((sum, [, rate]) => sum + rate, 0)
  }

  strikes(name: FaultName): boolean {
    if (this.isCalm() || !this.random.chance(this.rates[name])) return false
    this.count(name)
    return true
  }

  /** At most one fault per call, by one draw. */
  ofCall(): CallFault | undefined {
    if (this.isCalm()) return undefined
    let drawn = this.random.next()
    if (drawn >= this.callRate) return undefined
    for (const [fault, rate] of this.calls) {
      if (drawn < rate) {
        this.count(fault === 'crashBefore' || fault === 'crashAfter' ? 'crash' : fault)
        return fault
      }
      drawn -= rate
    }
    return undefined
  }

  /** Milliseconds, short ones more often. */
  delayMs(maxMs: number): number {
    return Math.ceil(maxMs * this.random.next() ** 3)
  }

  pick<T>(list: readonly T[]): T {
    return this.random.pick(list)
  }

  shuffled<T>(list: readonly T[]): T[] {
    return this.random.shuffled(list)
  }

  private count(name: FaultName): void {
    this.struck[name] = (this.struck[name] ?? 0) + 1
  }
}
