import { createMemoryPorts } from '@billstream/event-sourcing-runtime'
import type { Context } from '@billstream/event-sourcing-core'
import { eventsByContext, loopsOfServices } from '@billstream/hosting'
import { systemClock, systemSleeper } from '@billstream/platform'
import { allServices } from './all-services'
import type { ServicePorts } from './running-platform'

/** The services as they are, over ports that nobody calls here. */
function services() {
  const ports = { ...createMemoryPorts(), sleeper: systemSleeper, clock: systemClock } as unknown as ServicePorts
  return allServices(ports, { paymentProviders: [], webhookTargets: { allowPrivate: false, allowLoopback: false } })
}

function contextOf(type: string): Context {
  const found = Object.entries(eventsByContext).find(([, events]) => events.some((event) => event.type === type))
  if (!found) throw new Error(`${type} is an event of no context.`)
  return found[0] as Context
}

describe('the map of who listens to whom', () => {
  it('is what the services react to', () => {
    const listening = services().map(({ context, processes, subscribers }): [Context, Context[]] => {
      const types = [...processes.flatMap(({ reactsTo }) => reactsTo), ...subscribers.flatMap(({ types: own }) => own)]
      return [context, [...new Set(types.map(contextOf))].sort()]
    })
    const mapped = [...loopsOfServices.listensTo].map(([context, from]) => [context, [...from].sort()])
    expect(Object.fromEntries(mapped)).toEqual(Object.fromEntries(listening))
  })

  it('names every process and subscriber', () => {
    const names = services()
      .flatMap(({ processes, subscribers }) => [...processes, ...subscribers])
      .map(({ name }) => name)
    expect([...loopsOfServices.consumers].sort()).toEqual(names.sort())
  })

  it('names every set of timer rules', () => {
    const rules = services().flatMap(({ timers }) => timers.map(({ name }) => name))
    expect([...loopsOfServices.timerRules].sort()).toEqual(rules.sort())
  })
})
