import { derivedId } from '@billstream/kernel'
import type { AmissTimer, ExpectedTimers, Surroundings, TimerPorts } from './expected-timers'

/** What a timer asks for comes a moment after it has fired: it is looked at again so often, after a rest in milliseconds. */
const LOOKS_MAX = 5
const LOOK_REST_MS = 1_000

/** Of the timers those that stay amiss, also when the platform has had some seconds to go on. */
export async function stayAmiss(
  amiss: readonly AmissTimer[],
  expected: ExpectedTimers,
  { ports, signal }: { readonly ports: TimerPorts } & Pick<Surroundings, 'signal'>,
): Promise<AmissTimer[]> {
  let left = [...amiss]
  for (let look = 0; left.length > 0 && !signal.aborted; look += 1) {
    await expected.follow(await ports.eventStore.head())
    left = await withoutUnderWay(expected.stillAskedFor(left), ports)
    if (look === LOOKS_MAX || !left.some(({ found }) => found?.state === 'fired')) break
    await ports.sleeper.sleep(LOOK_REST_MS, signal)
  }
  return left
}

/** The command of a timer that an operator has fired lies in an outbox until its service is there. */
async function withoutUnderWay(amiss: readonly AmissTimer[], { processes }: TimerPorts): Promise<AmissTimer[]> {
  const commandOf = ({ timer }: AmissTimer): string => derivedId('timer-command', timer.id)
  const fired = amiss.filter(({ found }) => found?.state === 'fired')
  if (fired.length === 0) return [...amiss]
  const { open } = await processes.commandsById(fired.map(commandOf))
  const underWay = new Set(open.map(({ id }) => id))
  return amiss.filter((each) => each.found?.state !== 'fired' || !underWay.has(commandOf(each)))
}
