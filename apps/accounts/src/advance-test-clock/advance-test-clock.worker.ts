import { FinishTestClockAdvance, StepTestClock } from '@billstream/accounts-contracts'
import { testClockProjection, testClockView, type TestClockRow } from '@billstream/accounts-read-model'
import type { Command, CommandMetadata, RecordedEvent } from '@billstream/event-sourcing-core'
import {
  fireTimer,
  runUntilAborted,
  timerCorrelation,
  WakeUp,
  type EventSubscriber,
  type PlatformPorts,
  type Quiescence,
  type Timer,
  type Worker,
} from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'

/** Advances running at once in all organizations; more wait. */
const ADVANCES_MAX = 50
/** Clocks looked at for the next to advance: those of halted organizations hide none behind them. */
const CLOCKS_MAX = 1_000
/** A look at the clocks even when nobody rang, in milliseconds: after a crash, or when billing is resumed, advances go on. */
const LOOK_MS = 1_000
const VIEW_TIMEOUT_MS = 10_000
/** Said once: an abort without a reason would make an error, stack included. */
const ENDED = 'ended'

type AdvancePorts = Pick<
  PlatformPorts,
  | 'timers'
  | 'workQueue'
  | 'deadLetters'
  | 'billingHalts'
  | 'viewsAnywhere'
  | 'viewProgress'
  | 'bells'
  | 'clock'
  | 'sleeper'
  | 'log'
> & {
  readonly bus: MessageBus
  readonly quiescence: Quiescence
}

/** Steps that were fired and are not known to have settled. */
const STEPS = 'test-clock-steps'

interface StepInProgress {
  readonly correlationId: string
  readonly rule: string
}

interface Step extends StepInProgress {
  /** Of the note in the work queue. */
  readonly id: string
  readonly clock: TestClockRow
}

/**
 * Advances test clocks timer by timer: each step takes the earliest due timer up to the target, sets the clock to its due
 * time, fires it, and waits until everything that descends from it is done, however long that takes. Progress is durable:
 * the clock's own events, the timers that are left, and the step that has not settled yet, which after a crash is waited
 * for before anything else. Clocks do not wait for each other. Source: domain.md section 3.
 */
export function advanceTestClocks(ports: AdvancePorts): { worker: Worker; subscriber: EventSubscriber } {
  const wakeUp = WakeUp.onBell('test-clocks', ports)
  const running = new Map<string, Promise<void>>()
  /** Clocks in a step of which nothing follows, as billing is halted; they take no place until it is resumed. */
  const held = new Set<string>()
  const start = async (clockId: string, signal: AbortSignal) => {
    const end = await untilAdvanced(clockId, ports, signal)
    if (end === 'halted') held.add(clockId)
    running.delete(clockId)
    // It may have been advanced anew meanwhile, or another one waits for the place.
    wakeUp.ring()
  }
  return {
    worker: {
      name: 'advance-test-clocks',
      lease: true,
      async run(signal) {
        await runUntilAborted('test-clocks', signal, ports, async () => {
          const next = (await waitingClocks(held, ports)).filter((id) => !running.has(id))
          for (const id of next.slice(0, ADVANCES_MAX - running.size)) running.set(id, start(id, signal))
          await wakeUp.wait(LOOK_MS, signal)
        })
        // None may run on beside whoever takes over.
        await Promise.all(running.values())
      },
    },
    subscriber: {
      name: 'wake-test-clocks',
      types: ['TestClockAdvanceStarted'],
      async handle(events: readonly RecordedEvent[]) {
        const last = events.at(-1)
        if (last) await ports.viewProgress.reached([testClockProjection.name], last.position, VIEW_TIMEOUT_MS)
        wakeUp.ring()
      },
    },
  }
}

/** Clocks that advance. Those that are held are let go when billing of their organization is resumed, and left out until then. */
async function waitingClocks(
  held: Set<string>,
  { viewsAnywhere, billingHalts }: AdvancePorts,
): Promise<readonly string[]> {
  const advancing = { where: { status: 'advancing' }, limit: CLOCKS_MAX } as const
  const clocks = await viewsAnywhere.findAnywhere(testClockView, advancing)
  const halted = new Set((await billingHalts.all()).map(({ organizationId }) => organizationId))
  for (const clock of clocks) if (!halted.has(clock.organization_id)) held.delete(clock.id)
  return clocks.map(({ id }) => id).filter((id) => !held.has(id))
}

/** How an advance ended. All but the first keep what was reached, and the step that has not settled. */
type AdvanceEnd = 'done' | 'halted' | 'stopped'

/** What fails is tried again from where the clock stands. */
async function untilAdvanced(clockId: string, ports: AdvancePorts, signal: AbortSignal): Promise<AdvanceEnd> {
  const tries = new AbortController()
  let end: AdvanceEnd = 'stopped'
  await runUntilAborted('advance-test-clock', AbortSignal.any([signal, tries.signal]), ports, async () => {
    const clock = await ports.viewsAnywhere.getAnywhere(testClockView, clockId)
    end = clock ? await advance(clock, ports, signal) : 'done'
    tries.abort(ENDED)
  })
  return end
}

async function advance(clock: TestClockRow, ports: AdvancePorts, signal: AbortSignal): Promise<AdvanceEnd> {
  const target = clock.target_time
  if (target === null) return 'done'
  let frozen = clock.frozen_time
  // What was written just before the advance must have set its timers.
  await ports.quiescence.caughtUp(signal)
  for (const { id, payload } of await ports.workQueue.pendingOf(clock.id, STEPS)) {
    const end = await settle({ id, clock, ...(payload as StepInProgress) }, ports, signal)
    if (end !== 'done') return end
  }
  for (;;) {
    if (signal.aborted) return 'stopped'
    const timer = await ports.timers.firstOfClock(clock.id, target)
    if (!timer) break
    if (await isHalted(clock.organization_id, ports)) return 'halted'
    const begun = await begin({ clock, frozen, timer }, ports)
    const end = await settle(begun.step, ports, signal)
    if (end !== 'done') return end
    frozen = begun.now
  }
  await finish(clock, target, ports)
  return 'done'
}

/** now: the clock's time after it. A timer that is late on this clock runs at the clock's present time. */
async function begin(
  { clock, frozen, timer }: { clock: TestClockRow; frozen: string; timer: Timer },
  ports: AdvancePorts,
): Promise<{ readonly step: Step; readonly now: string }> {
  const now = Date.parse(timer.due) > Date.parse(frozen) ? timer.due : frozen
  if (now !== frozen) {
    const stepped = StepTestClock({ testClockId: clock.id, frozenTime: now }, clockMetadata(clock, now, timer.id))
    await send(ports, StepTestClock, stepped)
  }
  const inProgress: StepInProgress = { correlationId: timerCorrelation(timer), rule: timer.rule }
  const id = derivedId('test-clock-step', clock.id, timer.id)
  await ports.workQueue.add([
    {
      ...{ id, queue: STEPS, payload: inProgress, tries: 0 },
      organizationId: clock.organization_id,
      // Found again by its clock, and not by the correlation whose end the step itself waits for.
      correlationId: clock.id,
      notBefore: ports.clock.now(),
    },
  ])
  await fireTimer(timer, now, ports, ports.bus)
  await ports.timers.fired([timer.id])
  return { step: { id, clock, ...inProgress }, now }
}

/** Until all that descends from a step is done. While billing is halted nothing does: then the step stays noted. */
async function settle(
  { id, clock, correlationId, rule }: Step,
  ports: AdvancePorts,
  signal: AbortSignal,
): Promise<AdvanceEnd> {
  while (!(await ports.quiescence.settled(correlationId, signal))) {
    if (signal.aborted) return 'stopped'
    if (await isHalted(clock.organization_id, ports)) return 'halted'
    const deadLetters = await ports.deadLetters.pendingOf(correlationId)
    const about = { correlationId, timer: rule, deadLetters }
    ports.log.warn(about, 'A step of a test clock has not settled yet, and is waited for.')
  }
  await ports.workQueue.done([id])
  return 'done'
}

async function isHalted(organizationId: string, { billingHalts }: AdvancePorts): Promise<boolean> {
  return (await billingHalts.all()).some((halt) => halt.organizationId === organizationId)
}

async function finish(clock: TestClockRow, target: string, ports: AdvancePorts): Promise<void> {
  const command = FinishTestClockAdvance({ testClockId: clock.id }, clockMetadata(clock, target, `finish:${target}`))
  const reply = await send(ports, FinishTestClockAdvance, command)
  await ports.viewProgress.reached([testClockProjection.name], reply.position, VIEW_TIMEOUT_MS)
}

async function send(
  ports: AdvancePorts,
  definition: typeof StepTestClock | typeof FinishTestClockAdvance,
  command: Command,
) {
  const reply = await ports.bus.send(definition, command)
  // After a crash the clock may have got further than the view said.
  if (!reply.ok) ports.log.warn({ command: command.type, code: reply.error.code }, 'A test clock refused its step.')
  return reply
}

function clockMetadata(clock: TestClockRow, now: string, step: string): CommandMetadata {
  const commandId = derivedId('test-clock', clock.id, step)
  return {
    commandId,
    organizationId: clock.organization_id,
    actor: { type: 'system', id: 'test-clock' },
    correlationId: commandId,
    causationId: commandId,
    now,
  }
}
