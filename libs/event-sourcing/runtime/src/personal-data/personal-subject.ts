import type { DomainEvent, EventRegistry } from '@billstream/event-sourcing-core'

export type PersonalMember = Readonly<Record<string, unknown>> & { readonly personal: unknown }

/** Whose data an event carries; undefined when it carries none. */
export function personalSubjectOf({ type, data }: DomainEvent, registry: EventRegistry): string | undefined {
  const definition = registry.has(type) ? registry.get(type) : undefined
  return hasPersonal(data) ? definition?.personalSubject?.(data) : undefined
}

function hasPersonal(data: unknown): data is PersonalMember {
  if (typeof data !== 'object' || data === null || !('personal' in data)) return false
  return typeof data.personal === 'object' && data.personal !== null
}
