import { AdvanceTestClock } from '@billstream/accounts-contracts'
import { addSeconds, instantOfMillis } from '@billstream/kernel'
import { TerminateSubscription } from '@billstream/subscriptions-contracts'
import { perform, type Stage } from '../client/perform'
import { showPreviews } from '../client/show-previews'
import { setTheScene } from '../client/set-the-scene'
import { AT_THE_END, WHENEVER_STILL } from '../invariants/all-invariants'
import type { Invariant } from '../invariants/observed-world'
import type { SimulatedWorld } from '../composition/simulated-world'
import type { Action } from '../story/story'
import { BrokenInvariant } from './broken-invariant'
import { inGroups } from './racing-actions'
import { isCalmAt } from './weather'

const MS_PER_HOUR = 3_600_000
/** Real time between two actions: longer than an outcome that is unknown is followed up. */
const HOURS_BETWEEN_ACTIONS = 2
/** What has begun must come to its end within so long, in milliseconds of virtual time. */
const STEP_MAX_MS = MS_PER_HOUR / 2
/** Waiting longer than this for work that was put off is skipped, in milliseconds. */
const PATIENCE_MS = 5_000
/** After the last action time goes on in steps, until late usage is billed and credits are borne. */
const CLOSING_STEPS = 7
const CLOSING_STEP_HOURS = 48

/** Performs a story in a world, and looks at it whenever it stands still. Throws BrokenInvariant. */
export class StoryRun {
  private plannedMs: number
  private actionId: number | undefined

  constructor(private readonly world: SimulatedWorld) {
    this.plannedMs = world.time.nowMs
  }

  async run(): Promise<void> {
    await this.step((stage) => setTheScene(stage))
    for (const group of inGroups(this.world.story)) await this.performTogether(group)
    this.actionId = undefined
    await this.close()
    await this.look(AT_THE_END)
    await this.end()
  }

  private async performTogether(group: readonly Action[]): Promise<void> {
    this.actionId = group[0]?.id
    await this.passTime(HOURS_BETWEEN_ACTIONS)
    for (const action of group) if (action.kind === 'pass-time') await this.passTime(action.hours)
    const acting = group.filter((action) => action.kind !== 'pass-time')
    await this.step(async (stage) => {
      if (group.length === 1) await showPreviews(acting[0], stage)
      await Promise.all(acting.map((action) => perform(action, stage)))
    })
  }

  /** Everything ends, and time goes on until nothing is left to be billed. */
  private async close(): Promise<void> {
    await this.step((stage) => endSubscriptions(stage))
    for (let step = 0; step < CLOSING_STEPS; step += 1) {
      await this.passTime(CLOSING_STEP_HOURS)
      await this.step((stage) => advanceClocks(stage, step))
    }
  }

  /** A stop is orderly: every loop ends. */
  private async end(): Promise<void> {
    let isStopped = false
    void this.world.stop().then(() => (isStopped = true))
    await this.until(() => Promise.resolve(isStopped ? undefined : 'loops run'), 'everything stops when told to')
  }

  private async step(work: (stage: Stage) => Promise<void>): Promise<void> {
    let isDone = false
    const working = work(this.world.stage(instantOfMillis(this.plannedMs))).finally(() => (isDone = true))
    // Heard below, once the world stands still.
    working.catch(() => undefined)
    await this.settle(() => isDone)
    await working
    await this.look(WHENEVER_STILL)
  }

  /** Real time as the story plans it, stopping wherever something is due. */
  private async passTime(hours: number): Promise<void> {
    this.plannedMs += hours * MS_PER_HOUR
    const { time, stillness } = this.world
    for (let next = await stillness.nextDueMs(); next !== undefined && next <= this.plannedMs;) {
      time.jumpTo(Math.max(next, time.nowMs))
      await this.settle(() => true)
      next = await stillness.nextDueMs()
    }
    time.jumpTo(Math.max(this.plannedMs, time.nowMs))
    await this.settle(() => true)
  }

  private settle(isDone: () => boolean): Promise<void> {
    const { stillness } = this.world
    return this.until(
      async () => (isDone() ? stillness.whatIsLeft() : 'a client waits'),
      'what has begun comes to its end',
    )
  }

  private async until(whatIsLeft: () => Promise<string | undefined>, invariant: string): Promise<void> {
    const { time, faults } = this.world
    const startedMs = time.nowMs
    faults.isCalm = () => isCalmAt(time.nowMs - startedMs)
    for (;;) {
      await time.turn()
      const left = await whatIsLeft()
      if (left === undefined) break
      const isStuck = time.spinning !== undefined || time.nowMs - startedMs > STEP_MAX_MS
      if (isStuck || !(await this.goOn(left, startedMs))) {
        const spinning = time.spinning === undefined ? [] : [`a loop calls ${time.spinning} and never waits`]
        throw new BrokenInvariant(invariant, [left, ...spinning, ...(await this.world.observe()).errors], this.actionId)
      }
    }
    faults.isCalm = () => true
  }

  /** To the next sleeper; where only work that was put off is left, to that at once. */
  private async goOn(left: string, startedMs: number): Promise<boolean> {
    const { time, stillness } = this.world
    if (left.startsWith('provider-') && time.nowMs - startedMs > PATIENCE_MS) {
      const next = await stillness.nextDueMs()
      if (next !== undefined && next > time.nowMs + PATIENCE_MS) time.jumpTo(next)
    }
    return time.wakeNext()
  }

  private async look(invariants: readonly Invariant[]): Promise<void> {
    const observed = await this.world.observe()
    for (const invariant of invariants) {
      const broken = await invariant.check(observed)
      if (broken.length > 0) throw new BrokenInvariant(invariant.name, broken, this.actionId)
    }
  }
}

async function endSubscriptions({ client, cast, planned }: Stage): Promise<void> {
  for (const { id, customer } of cast.subscriptions.filter(({ isEnded }) => !isEnded)) {
    const data = { subscriptionId: id, onTerminationAction: null }
    const at = cast.nowOf(customer, planned)
    await client.send(TerminateSubscription, data, { intention: `end ${id}`, at, expected: ['subscription_ended'] })
  }
}

async function advanceClocks({ client, cast, planned }: Stage, step: number): Promise<void> {
  await Promise.all(
    cast.clocks.map(async (clock) => {
      const targetTime = addSeconds(clock.now, (CLOSING_STEP_HOURS * MS_PER_HOUR) / 1_000)
      const data = { testClockId: clock.id, targetTime }
      await client.send(AdvanceTestClock, data, { intention: `close ${clock.id} ${step}`, at: { now: planned } })
      clock.now = targetTime
    }),
  )
}
