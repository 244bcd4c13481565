import { timersProgress, wantPositions } from '@billstream/event-sourcing-runtime'
import type { Position } from '@billstream/event-sourcing-core'
import type { OpsPorts } from '../ops'
import { lagInWords } from '../projections/event-lag'
import { ageBehind, projectionStatuses } from '../projections/projection-status'
import { counted, verbOf } from '../console/counted'
import { fine, problem, warning, type Diagnosis, type Finding, type Readers } from './finding'

/** A projection may be this far behind without a word. */
const LAG_WARNING_SECONDS = 10
/** A timer that is due for longer than this is not being fired. */
const LATE_TIMER_SECONDS = 60
const LOOKED_AT_MAX = 1_000
/** Looks at the positions of consumers, and the rest between two, in milliseconds. */
const LOOKS_AT_READERS_MAX = 10
const LOOK_REST_MS = 500

/** What the running platform looks like from inside; reads only. */
export async function examine(
  ports: OpsPorts,
  { readers, storeAnswers }: Pick<Diagnosis, 'readers' | 'storeAnswers'>,
  signal: AbortSignal,
): Promise<Finding[]> {
  return [
    ...(storeAnswers ? await eventFindings(ports, readers, signal) : [NOT_COMPARED]),
    await processFinding(ports),
    await timerFinding(ports),
    await deadLetterFinding(ports),
    await haltFinding(ports),
  ]
}

const NOT_COMPARED = warning(
  'projections, consumers',
  'not looked at: the event store does not answer',
  'Look again when it does.',
)

async function eventFindings(ports: OpsPorts, readers: Readers, signal: AbortSignal): Promise<Finding[]> {
  // Positions are stored now and then; the look at the projections leaves the readers time to do it.
  wantPositions(ports.bells)
  return [
    await storeFinding(ports),
    ...(await projectionFindings(ports, signal)),
    ...(await readerFindings(ports, readers, signal)),
  ]
}

async function storeFinding({ eventStore }: OpsPorts): Promise<Finding> {
  return fine('events', counted(await eventStore.head(), 'position'))
}

async function projectionFindings(ports: OpsPorts, signal: AbortSignal): Promise<Finding[]> {
  const statuses = await projectionStatuses(ports, signal)
  const unwell = statuses.flatMap((status): Finding[] => {
    const { projection, state, lagSeconds, pause } = status
    const about = `projection ${projection}`
    if (pause) return [warning(about, `paused by ${pause.by}: ${pause.reason}`, `projections resume ${projection}`)]
    if (state === 'never_ran') return [problem(about, 'has never run', 'Start the projector (npm start runs it).')]
    if (lagSeconds <= LAG_WARNING_SECONDS) return []
    const todo = 'Is the projector running? projections status shows its last error.'
    return [problem(about, `${lagInWords(status)} and ${lagSeconds} s behind`, todo)]
  })
  return unwell.length > 0
    ? unwell
    : [fine('projections', `${statuses.length} ${verbOf(statuses.length, 'is', 'are')} up to date`)]
}

async function readerFindings(ports: OpsPorts, readers: Readers, signal: AbortSignal): Promise<Finding[]> {
  let behind = await readersBehind(ports, readers, signal)
  // A process that is busy stores its positions a moment later than it is asked to.
  for (let look = 1; look < LOOKS_AT_READERS_MAX && behind.length > 0 && !signal.aborted; look += 1) {
    wantPositions(ports.bells)
    await ports.sleeper.sleep(LOOK_REST_MS, signal)
    behind = await readersBehind(ports, readers, signal)
  }
  return behind.length > 0 ? behind : [fine('consumers', 'have handled what is recorded')]
}

async function readersBehind(ports: OpsPorts, { ways, timerRules }: Readers, signal: AbortSignal): Promise<Finding[]> {
  const consumers = await wayInUse(ways, ports)
  const rules = timerRules.map(async (name): Promise<Reader> => ({
    name: timersProgress({ name }),
    position: await ports.timers.checkpoint(name),
  }))
  const readers = [...consumers, ...(await Promise.all(rules))]
  const head = await ports.eventStore.head()
  const behind: Finding[] = []
  for (const { name, position } of readers) {
    const seconds = head > position ? await ageBehind(position, ports, signal) : 0
    if (seconds > LAG_WARNING_SECONDS) behind.push(readerBehind(name, seconds))
  }
  return behind
}

interface Reader {
  readonly name: string
  readonly position: Position
}

/** Of two that have come equally far the first. */
async function wayInUse(ways: Readers['ways'], { checkpoints }: Pick<OpsPorts, 'checkpoints'>): Promise<Reader[]> {
  let [inUse, furthest] = [[] as Reader[], -1n]
  for (const names of ways) {
    const positions = await Promise.all(names.map((name) => checkpoints.load(name)))
    const reached = positions.reduce((most, position) => (position > most ? position : most), 0n)
    if (reached <= furthest) continue
    inUse = names.map((name, index) => ({ name, position: positions[index] ?? 0n }))
    furthest = reached
  }
  return inUse
}

function readerBehind(name: string, seconds: number): Finding {
  const seen = `the first event that it has not handled is ${seconds} s old`
  return problem(name, seen, 'Does its process run? Its log says what it fails at; docs/operations.md, ConsumerBehind.')
}

async function processFinding({ processes }: OpsPorts): Promise<Finding> {
  const overview = await processes.overview()
  const refused = overview.reduce((sum, { alarms }) => sum + alarms, 0)
  const wanted = overview.reduce((sum, { open }) => sum + open, 0)
  const seen = `${counted(wanted, 'command')} ${verbOf(wanted, 'is', 'are')} wanted and not answered, ${refused} ${verbOf(refused, 'was', 'were')} refused for good`
  if (refused === 0) return fine('processes', seen)
  return warning(
    'processes',
    seen,
    'processes refused shows which; when the cause is mended, processes retry sends them again, or processes drop gives them up.',
  )
}

async function timerFinding({ timers, clock, billingHalts }: OpsPorts): Promise<Finding> {
  const late = new Date(Date.parse(clock.now()) - LATE_TIMER_SECONDS * 1_000).toISOString()
  const halted = new Set((await billingHalts.all()).map(({ organizationId }) => organizationId))
  const due = (await timers.list({ dueUntil: late, limit: LOOKED_AT_MAX })).filter(
    ({ clockId, organizationId }) => clockId === null && !halted.has(organizationId),
  )
  if (due.length === 0) return fine('timers', `none is later than ${LATE_TIMER_SECONDS} s`)
  const seen = `${due.length} ${verbOf(due.length, 'is', 'are')} due for more than ${LATE_TIMER_SECONDS} s, the first since ${due[0]?.due ?? ''}`
  return problem('timers', seen, 'Do the services run? timers run-due gives their commands to the services.')
}

async function deadLetterFinding({ deadLetters }: OpsPorts): Promise<Finding> {
  const letters = await deadLetters.list({ limit: LOOKED_AT_MAX })
  if (letters.length === 0) return fine('dead letters', 'none')
  const failed = letters.filter(({ waits }) => !waits).length
  const waiting = letters.length - failed
  return problem(
    'dead letters',
    `${failed} ${verbOf(failed, 'has', 'have')} failed, ${waiting} ${verbOf(waiting, 'waits', 'wait')} behind`,
    'dlq list, then dlq retry or dlq drop.',
  )
}

async function haltFinding({ billingHalts }: OpsPorts): Promise<Finding> {
  const halts = await billingHalts.all()
  if (halts.length === 0) return fine('billing', 'is halted of no organization')
  const names = halts.map(({ organizationId, at, by }) => `${organizationId} since ${at} by ${by}`)
  return warning('billing', `is halted of ${names.join(', ')}`, 'organizations resume, when the reason is gone.')
}
