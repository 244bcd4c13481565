/** How often something goes wrong: the share of calls, messages or batches, 0 to 1. */
export interface FaultRates {
  /** A call of a port that takes its time. */
  readonly slowCall: number
  /** A port that is out of reach: before the effect, and after it (its answer is lost). */
  readonly unavailable: number
  readonly lostAnswer: number
  /** A process that dies in the middle of a call, before or after its effect. */
  readonly crash: number
  /** A process that stands still for a while, and goes on as if nothing had happened. */
  readonly pause: number
  readonly slowMessage: number
  readonly repeatedMessage: number
  readonly lostReply: number
  /** A key whose messages go to the other replica from now on. */
  readonly rebalance: number
  /** A batch of events of which the consumer does half, and which then comes again. */
  readonly halfBatch: number
  readonly repeatedBatch: number
  /** A batch whose keys come in another order; each key's events stay in theirs. */
  readonly reorderedBatch: number
  readonly lostProviderAnswer: number
  readonly providerUnavailable: number
  readonly slowProvider: number
}

export const STANDARD_RATES: FaultRates = {
  slowCall: 0.02,
  unavailable: 0.002,
  lostAnswer: 0.002,
  crash: 0.000_4,
  pause: 0.000_2,
  slowMessage: 0.1,
  repeatedMessage: 0.08,
  lostReply: 0.02,
  rebalance: 0.05,
  halfBatch: 0.04,
  repeatedBatch: 0.05,
  reorderedBatch: 0.2,
  lostProviderAnswer: 0.1,
  providerUnavailable: 0.05,
  slowProvider: 0.05,
}

export const NO_FAULTS = Object.fromEntries(
  Object.keys(STANDARD_RATES).map((name) => [name, 0]),
) as unknown as FaultRates

export type FaultName = keyof FaultRates
