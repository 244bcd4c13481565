import { compareInstants } from '@billstream/kernel'
import { HALTED_CONTEXTS } from '../ports/billing-halts.port'
import {
  isOfOperator,
  type CommandDrop,
  type DroppedCommand,
  type IgnoredRefusals,
  type OutboxOutcome,
  type OutboxRow,
  type ProcessCommit,
  type ProcessOverview,
  type ProcessStateRow,
  type ProcessStore,
  type RefusedCommand,
} from '../ports/processes.port'
import type { HaltedOrganizations } from './billing-halts.memory'
import { jsonCopy } from './json-copy'

interface Unsent {
  readonly owner: string
  readonly row: OutboxRow
}

interface Refused extends RefusedCommand {
  readonly owner: string
  readonly drop?: CommandDrop
}

/** Inbox, states and outbox of one process. The outbox keeps the order in which rows were committed. */
export class MemoryProcessStore implements ProcessStore {
  private readonly inbox = new Map<string, Set<string>>()
  private readonly states = new Map<string, ProcessStateRow>()
  private readonly outbox = new Map<string, Unsent>()
  private readonly refused = new Map<string, Refused>()
  private readonly ignoredCounts = new Map<string, IgnoredRefusals>()

  /** halts: whose commands to billing contexts are not given out; absent: none. */
  constructor(private readonly halts?: HaltedOrganizations) {}

  async handled(process: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(eventIds.filter((id) => this.inbox.get(process)?.has(id)))
  }

  async loadStates(process: string, keys: readonly string[]): Promise<ProcessStateRow[]> {
    const rows = [...new Set(keys)].map((key) => this.states.get(placeOf(process, key)))
    return rows.filter((row) => row !== undefined).map((row) => jsonCopy(row))
  }

  async commit({ process, owner, inbox, states, commands }: ProcessCommit): Promise<boolean> {
    const known = this.inbox.get(process) ?? new Set<string>()
    const moved = states.some(({ key, version }) => (this.states.get(placeOf(process, key))?.version ?? 0) !== version)
    if (moved || inbox.some((id) => known.has(id))) return false
    this.inbox.set(process, known)
    for (const id of inbox) known.add(id)
    for (const { key, state, version } of states) {
      this.states.set(placeOf(process, key), jsonCopy({ key, state, version: version + 1 }))
    }
    for (const row of commands) if (!this.outbox.has(row.id)) this.outbox.set(row.id, { owner, row: jsonCopy(row) })
    return true
  }

  async pending(owner: string, limit: number, now: string): Promise<OutboxRow[]> {
    const waitingTargets = new Set<string>()
    const ready: OutboxRow[] = []
    for (const { row } of [...this.outbox.values()].filter((unsent) => unsent.owner === owner)) {
      if (ready.length === limit) break
      if (row.notBefore !== undefined && compareInstants(row.notBefore, now) > 0) waitingTargets.add(row.target)
      if (this.isHalted(row)) continue
      if (!waitingTargets.has(row.target)) ready.push(jsonCopy(row))
    }
    return ready
  }

  async settle(outcomes: readonly OutboxOutcome[]): Promise<void> {
    for (const outcome of outcomes) {
      const unsent = this.outbox.get(outcome.row.id)
      if (unsent) this.settleOne(unsent, outcome)
    }
  }

  async pendingOf(correlationId: string): Promise<number> {
    return [...this.outbox.values()].filter(({ row }) => row.metadata.correlationId === correlationId).length
  }

  async alarms(limit: number): Promise<RefusedCommand[]> {
    return this.alarming()
      .reverse()
      .sort((a, b) => compareInstants(b.at, a.at))
      .slice(0, limit)
      .map(refusedCommand)
  }

  async dropped(limit: number): Promise<DroppedCommand[]> {
    return [...this.refused.values()]
      .flatMap((refused) => (refused.drop ? [{ ...refusedCommand(refused), drop: refused.drop }] : []))
      .reverse()
      .sort((a, b) => compareInstants(b.drop.at, a.drop.at))
      .slice(0, limit)
  }

  async ignored(): Promise<IgnoredRefusals[]> {
    return [...this.ignoredCounts.keys()].sort().map((place) => this.ignoredCounts.get(place) as IgnoredRefusals)
  }

  async overview(): Promise<ProcessOverview[]> {
    const open = [...this.outbox.values()].map(({ row }) => row)
    const alarms = this.alarming().map(({ row }) => row.process)
    const ignored = [...this.ignoredCounts.values()]
    const noted = [...this.inbox].filter(([, events]) => events.size > 0).map(([process]) => process)
    const names = new Set([
      ...noted,
      ...open.map((row) => row.process),
      ...alarms,
      ...ignored.map((row) => row.process),
    ])
    return [...names].sort().map((process) => {
      const own = open.filter((row) => row.process === process)
      return {
        process,
        handled: this.inbox.get(process)?.size ?? 0,
        open: own.length,
        triesMax: Math.max(0, ...own.map(({ tries }) => tries)),
        alarms: alarms.filter((name) => name === process).length,
        ignored: ignored.filter((row) => row.process === process).reduce((sum, { count }) => sum + count, 0),
      }
    })
  }

  async reactionsTo(eventId: string): Promise<string[]> {
    return [...this.inbox].flatMap(([process, events]) => (events.has(eventId) ? [process] : [])).sort()
  }

  async commandsById(ids: readonly string[]): Promise<{ open: OutboxRow[]; refused: RefusedCommand[] }> {
    const asked = new Set(ids)
    const open = [...this.outbox.values()].map(({ row }) => row).filter(({ id }) => asked.has(id))
    const refused = [...this.refused.values()].filter(({ row }) => asked.has(row.id))
    return { open: jsonCopy(open), refused: refused.map(refusedCommand) }
  }

  async sendAgain(ids: readonly string[]): Promise<number> {
    const again = this.ofProcesses().filter(({ row }) => ids.includes(row.id))
    for (const { owner, row } of again) {
      const { notBefore: _, ...fresh } = row
      this.refused.delete(row.id)
      this.outbox.set(row.id, { owner, row: { ...fresh, tries: 0 } })
    }
    return again.length
  }

  async drop(ids: readonly string[], drop: CommandDrop): Promise<number> {
    const alarms = this.alarming().filter(({ row }) => ids.includes(row.id))
    for (const refused of alarms) this.refused.set(refused.row.id, { ...refused, drop })
    return alarms.length
  }

  async forgetAnswers(ids: readonly string[]): Promise<void> {
    const { refused } = await this.commandsById(ids)
    for (const { row } of refused) if (isOfOperator(row)) this.refused.delete(row.id)
  }

  private alarming(): Refused[] {
    return this.ofProcesses().filter(({ drop }) => drop === undefined)
  }

  private ofProcesses(): Refused[] {
    return [...this.refused.values()].filter(({ row }) => !isOfOperator(row))
  }

  private isHalted({ context, metadata }: OutboxRow): boolean {
    const isOfBilling = HALTED_CONTEXTS.some((each) => each === context)
    return isOfBilling && this.halts?.isHalted(metadata.organizationId) === true
  }

  private settleOne({ owner, row }: Unsent, outcome: OutboxOutcome): void {
    if (outcome.kind === 'retry') {
      this.outbox.set(row.id, { owner, row: { ...row, notBefore: outcome.notBefore, tries: outcome.row.tries } })
      return
    }
    this.outbox.delete(row.id)
    if (outcome.kind === 'ignored') this.countIgnored(row, outcome.code)
    if (outcome.kind === 'alarm' || outcome.kind === 'answered') {
      this.refused.set(row.id, { owner, row, code: outcome.code, message: outcome.message, at: outcome.at })
    }
  }

  private countIgnored({ process, type }: OutboxRow, code: string): void {
    const place = JSON.stringify([process, type, code])
    const count = (this.ignoredCounts.get(place)?.count ?? 0) + 1
    this.ignoredCounts.set(place, { process, type, code, count })
  }
}

function refusedCommand({ row, code, message, at }: Refused): RefusedCommand {
  return jsonCopy({ row, code, message, at })
}

function placeOf(process: string, key: string): string {
  return JSON.stringify([process, key])
}
