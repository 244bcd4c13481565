import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { ClaimHeld, CreationAbandoned } from '@billstream/event-sourcing-runtime'
import { Tally, type CheckResult } from './check'

/** Streams whose organization is remembered; events of further ones are not looked at, and that is noted. */
const STREAMS_MAX = 500_000

/** A stream belongs to one organization, that of its first event. Whose claim of a global key it is changes with its owner. */
export class StreamOrganizations {
  private readonly tally = new Tally('0. every event is of the organization of its stream')
  private readonly organizations = new Map<string, string>()
  /** One text for all streams of an organization. */
  private readonly known = new Map<string, string>()

  get result(): CheckResult {
    return this.tally.result
  }

  see({ type, stream, position, metadata }: RecordedEvent): void {
    if (type === ClaimHeld.type || type === CreationAbandoned.type) return
    const organization = this.organizations.get(stream) ?? this.remember(stream, metadata.organizationId)
    if (organization === undefined) return
    this.tally.expect(`position ${position}, ${type} of ${stream}`, organization, metadata.organizationId)
  }

  private remember(stream: string, organizationId: string): string | undefined {
    if (this.organizations.size >= STREAMS_MAX) {
      this.tally.note(`only of the first ${STREAMS_MAX} streams`)
      return undefined
    }
    const organization = this.known.get(organizationId) ?? organizationId
    this.known.set(organization, organization)
    this.organizations.set(stream, organization)
    return organization
  }
}
