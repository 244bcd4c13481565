import type { Deliveries } from '../ports/deliveries.port'
import { forgetting } from './deliveries.forgetting.kit'
import { judging } from './deliveries.judging.kit'
import { listing, lookedAt } from './deliveries.listing.kit'
import { recording, recordingTooLate, retrying } from './deliveries.recording.kit'
import { ordering, taking, takingAtOnce, waking } from './deliveries.taking.kit'

/** What every adapter of Deliveries must do. `make` gives an empty one. */
export function deliveriesConformance(name: string, make: () => Promise<Deliveries>): void {
  describe(`deliveries: ${name}`, () => {
    let deliveries: Deliveries
    beforeEach(async () => {
      deliveries = await make()
    })
    taking(() => deliveries)
    ordering(() => deliveries)
    takingAtOnce(() => deliveries)
    recording(() => deliveries)
    recordingTooLate(() => deliveries)
    retrying(() => deliveries)
    waking(() => deliveries)
    listing(() => deliveries)
    lookedAt(() => deliveries)
    judging(() => deliveries)
    forgetting(() => deliveries)
  })
}
