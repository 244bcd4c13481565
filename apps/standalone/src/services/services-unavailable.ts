/** A service did not come up; the message holds what it said. */
export class ServicesUnavailable extends Error {
  override readonly name = 'ServicesUnavailable'
}
