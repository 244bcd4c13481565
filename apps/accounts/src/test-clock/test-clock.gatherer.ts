import type { TestClockFacts } from '@billstream/accounts-domain'
import { organizationProjection } from '@billstream/accounts-read-model'
import type { Gather } from '@billstream/event-sourcing-runtime'
import { ok } from '@billstream/kernel'

export const testClockGatherers: Readonly<Record<string, Gather>> = {
  CreateTestClock: async ({ metadata }, facts) => {
    const organization = await facts.get(organizationProjection, metadata.organizationId)
    const known: TestClockFacts = { testOrganization: organization?.test ?? false }
    return ok(known)
  },
}
