import type { Timer } from '@billstream/event-sourcing-runtime'
import { partitionsOf } from '../verify/folded-rows'
import {
  BILLING_RULES,
  ExpectedTimers,
  placeOf,
  subjectOf,
  writesBetween,
  type Surroundings,
  type TimerPorts,
  type TimerWalk,
} from './expected-timers'
import { stayAmiss } from './settled-timers'

/**
 * Sets each timer again that does not wait as the events ask for it: lost, of another time, or fired without effect; returns them. Its
 * id and its command's id follow from the events, so nothing happens twice. `isDry`: changes nothing.
 */
export async function repairTimers(
  ports: TimerPorts,
  { isDry, ...surroundings }: Surroundings & { readonly isDry: boolean },
): Promise<Timer[]> {
  const repaired: Timer[] = []
  const { progress } = surroundings
  const whole = Number(await ports.eventStore.head())
  // Of each rules one walk to count and one to look, as far as is known.
  let walks = 2 * BILLING_RULES.length
  progress.total(whole * walks)
  for (const rules of BILLING_RULES) {
    const walk = { rules, ...surroundings }
    const of = partitionsOf(await mostOpen(ports, walk))
    walks += of - 1
    progress.total(whole * walks)
    for (let index = 0; index < of && !surroundings.signal.aborted; index += 1) {
      const expected = new ExpectedTimers({ index, of }, walk, ports)
      repaired.push(...(await setAgain(expected, { ports, walk, isDry })))
    }
  }
  return repaired
}

/** The rules may go on meanwhile: the timers are set at the very position up to which they are known to be asked for. */
async function setAgain(
  expected: ExpectedTimers,
  { ports, walk, isDry }: { readonly ports: TimerPorts; readonly walk: TimerWalk; readonly isDry: boolean },
): Promise<Timer[]> {
  const { rules, signal } = walk
  await expected.follow(await ports.timers.checkpoint(rules.name))
  const amiss = await stayAmiss(await expected.amiss(), expected, { ports, signal })
  while (!signal.aborted) {
    const reached = await ports.timers.checkpoint(rules.name)
    await expected.follow(reached)
    const wanted = expected.stillAskedFor(amiss)
    const timers = wanted.map(({ timer }) => timer)
    if (isDry || timers.length === 0) return timers
    // Broken off here they are lost, and the next repair finds them.
    await ports.timers.forgetFired(wanted.flatMap(({ found }) => (found?.state === 'fired' ? [found.id] : [])))
    const writes = timers.map((timer) => ({ kind: 'set', timer }) as const)
    if (await ports.timers.commit(rules.name, { from: reached, to: reached }, writes)) return timers
  }
  return []
}

/** How many timers have been open at once: it decides how many are held in memory at once. */
async function mostOpen(ports: TimerPorts, walk: TimerWalk): Promise<number> {
  const open = new Set<string>()
  let most = 0
  const to = await ports.timers.checkpoint(walk.rules.name)
  for await (const write of writesBetween(ports, walk, { from: 0n, to })) {
    const place = placeOf(subjectOf(write))
    if (write.kind === 'set') open.add(place)
    else open.delete(place)
    most = Math.max(most, open.size)
  }
  return most
}
