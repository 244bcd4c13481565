import { foldEvents, type Decider } from '../decider'
import type { Command, CommandMetadata, DomainEvent } from '../message'

/** Metadata for specs; override what matters. */
export function testMetadata(overrides: Partial<CommandMetadata> = {}): CommandMetadata {
  return {
    commandId: '00000000-0000-7000-8000-000000000001',
    organizationId: '00000000-0000-7000-8000-00000000000a',
    actor: { type: 'system', id: 'spec' },
    correlationId: '00000000-0000-7000-8000-0000000000c0',
    causationId: '00000000-0000-7000-8000-0000000000c1',
    now: '2026-06-01T00:00:00.000Z',
    ...overrides,
  }
}

/** Given facts, when a command, then facts or a refusal. */
export function specificationOf<State, C extends Command, E extends DomainEvent>(decider: Decider<State, C, E>) {
  return {
    given: (...events: readonly E[]) => {
      const state = foldEvents(decider, events)
      return {
        state,
        when: (command: C) => {
          const outcome = decider.decide(command, state)
          return {
            outcome,
            then: (...expected: readonly E[]) => expect(outcome).toEqual({ ok: true, value: expected }),
            nothing: () => expect(outcome).toEqual({ ok: true, value: [] }),
            refuses: (code: string, field?: string) =>
              expect(outcome).toMatchObject({ ok: false, error: { code, ...(field !== undefined && { field }) } }),
          }
        },
      }
    },
  }
}
