/** Decimals as whole numbers of 10^-12, by bigint alone: not the arithmetic that is being checked. */
export type Scaled = bigint

const PLACES = 12
export const ONE: Scaled = 10n ** BigInt(PLACES)

export function scaled(text: string): Scaled {
  const [, sign = '', whole = '0', places = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? fail(text)
  const digits = BigInt(whole + places.padEnd(PLACES, '0').slice(0, PLACES))
  return sign === '-' ? -digits : digits
}

function fail(text: string): never {
  throw new RangeError(`Not a plain decimal: ${text}`)
}

/** Half away from zero. divisor above 0. */
export function dividedRounded(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend
  const quotient = size / divisor + (2n * (size % divisor) >= divisor ? 1n : 0n)
  return dividend < 0n ? -quotient : quotient
}

export function dividedDown(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend < 0n && dividend % divisor !== 0n ? quotient - 1n : quotient
}

export function dividedUp(dividend: bigint, divisor: bigint): bigint {
  return -dividedDown(-dividend, divisor)
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

export function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
