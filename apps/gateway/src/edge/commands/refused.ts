import type { Refusal } from '@billstream/kernel'

/** The core refused; the API of the operation says with which status. */
export class Refused extends Error {
  override readonly name = 'Refused'

  constructor(readonly refusal: Refusal) {
    super(refusal.message)
  }
}
