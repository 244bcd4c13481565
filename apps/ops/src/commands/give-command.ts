import type { Command, Context } from '@billstream/event-sourcing-core'
import { outboxRole, type OutboxRow } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { CommandEnded, refused } from '../console/outcome'
import { eventIdOf } from '../events/event-causes'
import type { OpsPorts } from '../ops'

/** Of every command that an operator gives, among those of processes. */
const PROCESS = 'ops'
/** How long the services may take, and how often is looked, in milliseconds. */
const ANSWER_TIMEOUT_MS = 30_000
const LOOK_MS = 100
/** Each turn that is lost was won by another operator with the same wish. */
const TURNS_MAX = 10

/** The parts of a command's definition that place it. */
interface CommandPlace {
  readonly type: string
  readonly context: Context
  readonly category: string
  aggregateId(data: never): string
}

export interface GivenCommand {
  readonly definition: CommandPlace
  readonly data: unknown
  readonly organizationId: string
  /** Code of the refusal that says that it is so already: no failure for who wants it so. */
  readonly alreadySo?: string
}

type GivePorts = Pick<OpsPorts, 'processes' | 'leases' | 'eventIndex' | 'clock' | 'ids' | 'sleeper'>

interface Wish {
  readonly row: OutboxRow
  /** It was given before, by whom ever, and has not been answered yet. */
  readonly waitedAlready: boolean
}

/**
 * Gives a command as an outbox row of its service, which sends it as it sends what processes want, and waits until it is
 * answered. One that waits already, with the same data, is not given a second time. Throws CommandEnded: refused with the
 * rule's reason; unavailable when no service takes it: it then lies in the outbox and is carried out when one runs.
 * recorded: false when nothing had to change.
 */
export async function giveCommand(
  given: GivenCommand,
  ports: GivePorts,
  { operator, signal }: { readonly operator: string; readonly signal: AbortSignal },
): Promise<{ readonly recorded: boolean }> {
  const wish = await wishFor(given, ports, operator)
  if (!(await ports.leases.isHeld(outboxRole(given.definition.context)))) throw nobodyRuns(wish)
  await untilAnswered(wish.row, ports, signal)
  const { id, type } = wish.row
  const [refusal] = (await ports.processes.commandsById([id])).refused
  await ports.processes.forgetAnswers([id])
  if (refusal && refusal.code === given.alreadySo) return { recorded: false }
  if (refusal) throw refused(`${type} was refused: ${refusal.code}, ${refusal.message}`)
  const recorded = await ports.eventIndex.find([eventIdOf(id, 0)])
  return { recorded: recorded.length > 0 }
}

/** The row is remembered by what is wanted: whoever wants the same finds it, also when both ask at once. */
async function wishFor(given: GivenCommand, ports: GivePorts, operator: string): Promise<Wish> {
  const { processes } = ports
  const { type, context } = given.definition
  const key = derivedId('ops-command', type, given.organizationId, JSON.stringify(given.data))
  for (let turn = 1; turn <= TURNS_MAX; turn += 1) {
    const [last] = await processes.loadStates(PROCESS, [key])
    const lastId = (last?.state as { commandId: string } | undefined)?.commandId
    const waiting = lastId === undefined ? undefined : (await processes.commandsById([lastId])).open[0]
    if (waiting) return { row: waiting, waitedAlready: true }
    if (lastId !== undefined) await processes.forgetAnswers([lastId])
    const row = rowOf(given, ports, operator)
    const states = [{ key, state: { commandId: row.id }, version: last?.version ?? 0 }]
    const commit = { process: PROCESS, owner: context, inbox: [], states, commands: [row] }
    if (await processes.commit(commit)) return { row, waitedAlready: false }
  }
  throw new CommandEnded('unavailable', `${type}: others give the same command all the time.`)
}

function rowOf(
  { definition, data, organizationId }: GivenCommand,
  { clock, ids }: GivePorts,
  operator: string,
): OutboxRow {
  const id = ids.next()
  const metadata: Command['metadata'] = {
    commandId: id,
    organizationId,
    actor: { type: 'admin', id: operator },
    correlationId: id,
    causationId: id,
    now: clock.now(),
  }
  const { context, category, type } = definition
  const target = `${category}-${definition.aggregateId(data as never)}`
  return { id, process: PROCESS, target, context, type, data, metadata, refusals: {}, tries: 0 }
}

function nobodyRuns({ row, waitedAlready }: Wish): CommandEnded {
  const { type, context, metadata } = row
  const given = waitedAlready ? `was given by ${metadata.actor.id} at ${metadata.now} and waits` : 'is given and waits'
  return new CommandEnded(
    'unavailable',
    `${type} ${given}: the service of ${context} does not run, and carries it out when it is started. Nothing needs to be repeated.`,
  )
}

async function untilAnswered(row: OutboxRow, { processes, sleeper }: GivePorts, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < ANSWER_TIMEOUT_MS; waitedMs += LOOK_MS) {
    const { open } = await processes.commandsById([row.id])
    if (open.length === 0) return
    if (signal.aborted)
      throw new CommandEnded('interrupted', `${row.type} is given; whether it was done was not waited for.`)
    await sleeper.sleep(LOOK_MS, signal)
  }
  throw new CommandEnded(
    'unavailable',
    `${row.type} is given and waits for the service of ${row.context}, which runs and has not taken it yet: see processes list.`,
  )
}
