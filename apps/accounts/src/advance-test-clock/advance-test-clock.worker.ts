import { FinishTestClockAdvance, StepTestClock } from '@billstream/accounts-contracts'
import { testClockProjection, type TestClockRow } from '@billstream/accounts-read-model'
import type { Command, CommandMetadata, RecordedEvent } from '@billstream/event-sourcing-core'
import {
  fireTimer,
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
/** A look at the clocks even when nobody rang, in milliseconds: after a crash the advance goes on. */
const LOOK_MS = 1_000
const VIEW_TIMEOUT_MS = 10_000

type AdvancePorts = Pick<
  PlatformPorts,
  'timers' | 'workQueue' | 'billingHalts' | 'viewsAnywhere' | 'viewProgress' | 'bells' | 'clock' | 'sleeper' | 'log'
> & {
  readonly bus: MessageBus
  readonly quiescence: Quiescence
}

/** Said once: an abort without a reason would make an error, stack included. */
const FAILED = 'failed'

/** Steps that were fired and are not known to have settled. */
const STEPS = 'test-clock-steps'

interface StepInProgress {
  readonly correlationId: string
  readonly rule: string
}

/**
 * Advances test clocks timer by timer: each step takes the earliest due timer up to the target, sets the clock to its due
 * time, fires it, and waits until everything that descends from it is done. Progress is durable: the clock's own events,
 * the timers that are left, and the step that has not settled yet, which after a crash is waited for before anything else.
 * Source: domain.md section 3.
 */
export function advanceTestClocks(ports: AdvancePorts): { worker: Worker; subscriber: EventSubscriber } {
  const wakeUp = WakeUp.onBell('test-clocks', ports)
  return {
    worker: {
      name: 'advance-test-clocks',
      lease: true,
      async run(signal) {
        const clocks = await ports.viewsAnywhere.findAnywhere(testClockProjection.view, {
          where: { status: 'advancing' },
          limit: ADVANCES_MAX,
        })
        await advanceAll(clocks, ports, signal)
        if (clocks.length === 0) await wakeUp.wait(LOOK_MS, signal)
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

/** One that fails ends the others, which go on with the next run: none may be left behind that would run beside it. */
async function advanceAll(clocks: readonly TestClockRow[], ports: AdvancePorts, signal: AbortSignal): Promise<void> {
  const failed = new AbortController()
  const bound = AbortSignal.any([signal, failed.signal])
  const advances = clocks.map(async (clock) => {
    try {
      await advance(clock, ports, bound)
    } catch (error) {
      failed.abort(FAILED)
      throw error
    }
  })
  await Promise.allSettled(advances)
  await Promise.all(advances)
}

async function advance(clock: TestClockRow, ports: AdvancePorts, signal: AbortSignal): Promise<void> {
  const target = clock.target_time
  if (target === null) return
  let frozen = clock.frozen_time
  // What was written just before the advance must have set its timers.
  await ports.quiescence.caughtUp(signal)
  for (const { id, payload } of await ports.workQueue.pendingOf(clock.id, STEPS)) {
    await settle({ id, clock, ...(payload as StepInProgress) }, ports, signal)
  }
  for (;;) {
    if (signal.aborted) return
    const timer = await ports.timers.firstOfClock(clock.id, target)
    if (!timer) break
    frozen = await step({ clock, frozen, timer }, ports, signal)
  }
  await finish(clock, target, ports)
}

/** Returns the clock's time after the step. A timer that is late on this clock runs at the clock's present time. */
async function step(
  { clock, frozen, timer }: { clock: TestClockRow; frozen: string; timer: Timer },
  ports: AdvancePorts,
  signal: AbortSignal,
): Promise<string> {
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
  await settle({ id, clock, ...inProgress }, ports, signal)
  return now
}

/** What the step still waits for when the process ends stays noted. */
async function settle(
  { id, clock, correlationId, rule }: StepInProgress & { readonly id: string; readonly clock: TestClockRow },
  ports: AdvancePorts,
  signal: AbortSignal,
): Promise<void> {
  let settled = false
  // While billing is halted nothing follows from a step: that is waited for, however long it takes.
  for (let again = true; again && !settled && !signal.aborted;) {
    again = await isHalted(clock.organization_id, ports)
    settled = await ports.quiescence.settled(correlationId, signal)
  }
  if (signal.aborted) return
  if (!settled) ports.log.error({ correlationId, timer: rule }, 'A step of a test clock did not settle.')
  await ports.workQueue.done([id])
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
