import type { DomainEvent, EventRegistry } from '@billstream/event-sourcing-core'
import type { PersonKeys } from '../ports/secrets.port'
import { personalSubjectOf } from './personal-subject'

/**
 * Stores the keys of the persons that these facts are about, so that the append finds them. A key whose facts are never
 * recorded opens nothing.
 */
export async function ensurePersonKeys(
  facts: readonly DomainEvent[],
  organizationId: string,
  { events: registry, personKeys }: { readonly events: EventRegistry; readonly personKeys: PersonKeys },
): Promise<void> {
  const subjects = facts.flatMap((fact) => personalSubjectOf(fact, registry) ?? [])
  await Promise.all([...new Set(subjects)].map((subject) => personKeys.ensure(organizationId, subject)))
}
