/** A generator that can be told again: the seed is printed. Numbers from 0 up to, but not including, `below`. */
export function seeded(seed: number): (below: number) => number {
  let state = seed % 2_147_483_647 || 1
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below
}

export function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = random(index + 1)
    ;[copy[index], copy[other]] = [copy[other] as T, copy[index] as T]
  }
  return copy
}
