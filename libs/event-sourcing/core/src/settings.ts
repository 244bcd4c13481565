import { ok, refuse, type Result } from '@billstream/kernel'
import { Type, type Static, type TObject } from '@sinclair/typebox'
import { defineCommand, type CommandDescriptor, type Context } from './command-definition'
import type { Claim, Decider } from './decider'
import { defineEvent, type EventDescriptor } from './event-definition'
import { Field } from './fields'
import type { Command, DomainEvent } from './message'

export interface SettingOptions<Name extends string, Category extends string, Schema extends TObject> {
  /** Pascal case: events are `<Name>Defined`, `<Name>Changed`, `<Name>Removed`, commands `Define<Name>`, `Change<Name>`, `Remove<Name>`. */
  readonly name: Name
  readonly context: Context
  readonly category: Category
  readonly fields: Schema
  /** Unique within the organization; the claim's kind is `<category>-<field>`, the refusal `<field>_taken`. */
  readonly unique?: readonly (keyof Static<Schema> & string)[]
  /** Fields that never change: `<field>_immutable`. */
  readonly immutable?: readonly (keyof Static<Schema> & string)[]
}

export type SettingState<Fields> =
  | { readonly status: 'undefined' }
  | { readonly status: 'defined'; readonly id: string; readonly fields: Fields }
  | { readonly status: 'removed'; readonly id: string }

/** Further rules of one setting; each gets the facts that the service gathered. */
export interface SettingGuards<Fields> {
  define?(fields: Fields, facts: unknown): Result<unknown>
  change?(changes: Partial<Fields>, present: Fields, facts: unknown): Result<unknown>
  remove?(present: Fields, facts: unknown): Result<unknown>
}

/**
 * A resource that is only declared, changed and removed, as an aggregate: schema, unique keys, immutable fields and guards
 * give its commands, events and decider. `Changed` carries only what changed; a change that changes nothing records nothing.
 */
export function defineSetting<Name extends string, Category extends string, Schema extends TObject>(
  options: SettingOptions<Name, Category, Schema>,
) {
  const { name, context, category, fields } = options
  const target = { context, category, aggregateId: (data: unknown) => (data as { id: string }).id }
  const WithFields = Type.Object({ id: Field.id, fields })
  const WithChanges = Type.Object({ id: Field.id, changes: Type.Partial(fields) })
  const OnlyId = Type.Object({ id: Field.id })

  return {
    category,
    Define: defineCommand(`Define${name}` as const, { ...target, creates: true }, WithFields),
    Change: defineCommand(`Change${name}` as const, target, WithChanges),
    Remove: defineCommand(`Remove${name}` as const, target, OnlyId),
    Defined: defineEvent(`${name}Defined` as const, WithFields),
    Changed: defineEvent(`${name}Changed` as const, WithChanges),
    Removed: defineEvent(`${name}Removed` as const, OnlyId),
    options: options,
  }
}

/** A setting as its decider sees it. */
export interface SettingDescriptor {
  readonly category: string
  readonly options: { readonly unique?: readonly string[]; readonly immutable?: readonly string[] }
  readonly Define: CommandDescriptor
  readonly Change: CommandDescriptor
  readonly Remove: CommandDescriptor
  readonly Defined: EventDescriptor
  readonly Changed: EventDescriptor
  readonly Removed: EventDescriptor
}

/** The decider of a setting. Refusals: `<category>_not_found`, `<category>_exists`, `<field>_immutable`, those of the guards. */
export function settingDecider<Fields extends Record<string, unknown>>(
  setting: SettingDescriptor,
  guards: SettingGuards<Fields> = {},
): Decider<SettingState<Fields>> {
  const { category, options } = setting
  const label = category.replaceAll('-', '_')

  function define(command: Command, state: SettingState<Fields>): Result<readonly DomainEvent[]> {
    const { id, fields } = command.data as { id: string; fields: Fields }
    if (state.status !== 'undefined') return refuse(`${label}_exists`, `This ${category} exists already.`)
    const guarded = guards.define?.(fields, command.facts)
    return guarded && !guarded.ok ? guarded : ok([{ type: setting.Defined.type, data: { id, fields } }])
  }

  function change(command: Command, state: SettingState<Fields>): Result<readonly DomainEvent[]> {
    const { id, changes } = command.data as { id: string; changes: Partial<Fields> }
    if (state.status !== 'defined') return refuse(`${label}_not_found`, `There is no such ${category}.`)
    const real = whatChanges(state.fields, changes)
    if (Object.keys(real).length === 0) return ok([])
    const fixed = (options.immutable ?? []).find((field) => field in real)
    if (fixed !== undefined) return refuse(`${fixed}_immutable`, `${fixed} never changes.`, fixed)
    const guarded = guards.change?.(real, state.fields, command.facts)
    return guarded && !guarded.ok ? guarded : ok([{ type: setting.Changed.type, data: { id, changes: real } }])
  }

  function remove(command: Command, state: SettingState<Fields>): Result<readonly DomainEvent[]> {
    if (state.status !== 'defined') return refuse(`${label}_not_found`, `There is no such ${category}.`)
    const guarded = guards.remove?.(state.fields, command.facts)
    return guarded && !guarded.ok ? guarded : ok([{ type: setting.Removed.type, data: { id: state.id } }])
  }

  return {
    category,
    commands: [setting.Define, setting.Change, setting.Remove],
    events: [setting.Defined, setting.Changed, setting.Removed],
    initial: { status: 'undefined' },
    foldVersion: 1,
    decide(command, state) {
      if (command.type === setting.Define.type) return define(command, state)
      if (command.type === setting.Change.type) return change(command, state)
      return remove(command, state)
    },
    evolve: (state, event) => evolveSetting(setting, state, event),
    claims: (state) =>
      state.status === 'defined'
        ? (options.unique ?? []).map((field): Claim => ({
            kind: `${category}-${field}`,
            key: String(state.fields[field]),
          }))
        : [],
    claimTaken: ({ kind, key }) => {
      const field = kind.slice(category.length + 1)
      return { code: `${field}_taken`, message: `${field} ${key} is taken.`, field }
    },
  }
}

function evolveSetting<Fields extends Record<string, unknown>>(
  setting: SettingDescriptor,
  state: SettingState<Fields>,
  event: DomainEvent,
): SettingState<Fields> {
  if (event.type === setting.Defined.type) {
    const { id, fields } = event.data as { id: string; fields: Fields }
    return { status: 'defined', id, fields }
  }
  if (state.status !== 'defined') return state
  if (event.type === setting.Changed.type) {
    const { changes } = event.data as { changes: Partial<Fields> }
    return { ...state, fields: { ...state.fields, ...changes } }
  }
  if (event.type === setting.Removed.type) return { status: 'removed', id: state.id }
  return state
}

function whatChanges<Fields extends Record<string, unknown>>(
  present: Fields,
  changes: Partial<Fields>,
): Partial<Fields> {
  const entries = Object.entries(changes).filter(
    ([field, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(present[field]),
  )
  return Object.fromEntries(entries) as Partial<Fields>
}
