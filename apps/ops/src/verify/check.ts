/** Differences kept of one check; the others are only counted. */
const DIFFERENCES_KEPT_MAX = 20

export interface Difference {
  /** What differs, such as `invoice 5d2c...`. */
  readonly of: string
  readonly expected: unknown
  readonly found: unknown
}

/** What a check has found so far. */
export interface CheckResult {
  /** The invariant, in the words of the domain. */
  readonly check: string
  readonly checked: number
  readonly differing: number
  /** What the reader must know of it, such as that a view is behind. */
  readonly note?: string
  /** The first ones. */
  readonly differences: readonly Difference[]
}

/** Counts what was checked, and keeps the first differences. */
export class Tally {
  private checked = 0
  private differing = 0
  private readonly kept: Difference[] = []
  private said: string | undefined
  private isBroken = false

  constructor(private readonly check: string) {}

  expect(of: string, expected: unknown, found: unknown): void {
    if (JSON.stringify(expected) === JSON.stringify(found)) this.checked += 1
    else this.differ(of, expected, found)
  }

  /** What is shown may look alike, where personal data is hidden. */
  differ(of: string, expected: unknown, found: unknown): void {
    this.checked += 1
    this.differing += 1
    if (this.kept.length < DIFFERENCES_KEPT_MAX) this.kept.push({ of, expected, found })
  }

  /** Compared elsewhere, and found alike. */
  agree(count: number): void {
    this.checked += count
  }

  /** Beyond those that are told one by one. */
  differUnnamed(count: number): void {
    this.checked += count
    this.differing += count
  }

  /** Said once, however often it is tried. */
  notCarriedOut(why: string): void {
    if (this.isBroken) return
    this.isBroken = true
    this.differ(`could not be carried out: ${why}`, 'a check to its end', 'none')
  }

  note(said: string): void {
    this.said = said
  }

  get result(): CheckResult {
    const { check, checked, differing, said, kept: differences } = this
    return { check, checked, differing, ...(said !== undefined && { note: said }), differences }
  }
}
