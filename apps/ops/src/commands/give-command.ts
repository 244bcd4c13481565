import type { Command, Context } from '@billstream/event-sourcing-core'
import type { OutboxRow } from '@billstream/event-sourcing-runtime'
import { CommandEnded, refused } from '../console/outcome'
import { eventIdOf } from '../events/event-causes'
import type { OpsPorts } from '../ops'

/** Of every command that an operator gives, among those of processes. */
const PROCESS = 'ops'
/** How long the services may take, and how often is looked, in milliseconds. */
const ANSWER_TIMEOUT_MS = 30_000
const LOOK_MS = 100

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
}

type GivePorts = Pick<OpsPorts, 'processes' | 'eventIndex' | 'clock' | 'ids' | 'sleeper'>

/**
 * Gives a command as an outbox row of its service, which sends it as it sends what processes want, and waits until it is
 * answered. Throws CommandEnded: refused with the rule's reason; unavailable when no service has taken it in time: it then
 * still lies in the outbox and is done when one runs.
 */
export async function giveCommand(
  given: GivenCommand,
  ports: GivePorts,
  { operator, signal }: { readonly operator: string; readonly signal: AbortSignal },
): Promise<{ readonly recorded: boolean }> {
  const row = rowOf(given, ports, operator)
  const { context } = given.definition
  await ports.processes.commit({ process: PROCESS, owner: context, inbox: [], states: [], commands: [row] })
  await untilAnswered(row, ports, signal)
  const [refusal] = (await ports.processes.commandsById([row.id])).refused
  if (refusal) throw refused(`${row.type} was refused: ${refusal.code}, ${refusal.message}`)
  const recorded = await ports.eventIndex.find([eventIdOf(row.id, 0)])
  return { recorded: recorded.length > 0 }
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
    `${row.type} is given and waits for the service of ${row.context}, which has not taken it: does the platform run?`,
  )
}
