/** An invariant that does not hold, with the values that show it. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant'

  constructor(
    readonly invariant: string,
    readonly values: readonly string[],
    /** After which action of the story; undefined: at the end. */
    readonly actionId: number | undefined,
  ) {
    super(`${invariant}: ${values[0] ?? ''}`)
  }
}
