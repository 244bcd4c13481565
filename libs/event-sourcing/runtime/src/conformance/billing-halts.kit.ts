import { derivedId } from '@billstream/kernel'
import type { BillingHalt } from '../ports/billing-halts.port'
import type { OutboxRow } from '../ports/processes.port'
import type { Timer } from '../ports/timers.port'
import type { PlatformPorts } from '../service/platform-ports'
import { at } from './kit-instants'

export type HaltingPorts = Pick<PlatformPorts, 'billingHalts' | 'timers' | 'processes' | 'workQueue'>

const [halted, other] = [derivedId('organization', 'halted'), derivedId('organization', 'other')]
const halt = (organizationId: string, given: Partial<BillingHalt> = {}): BillingHalt => ({
  ...{ organizationId, reason: 'A wrong price \0 💳', by: 'ann', at: at(0) },
  ...given,
})

function timer(organizationId: string, aggregateId: string): Timer {
  return {
    id: derivedId('timer', aggregateId),
    ...{ owner: 'subscriptions', rule: 'period-close', aggregateId, organizationId, clockId: null },
    ...{ due: at(1), rank: 20, tieBreak: aggregateId, causationId: derivedId('event', aggregateId) },
    command: { context: 'subscriptions', type: 'ClosePeriod', data: {}, target: `subscription-${aggregateId}` },
  }
}

function row(organizationId: string, id: string, context: string): OutboxRow {
  const [commandId, correlationId] = [derivedId('command', id), derivedId('correlation', id)]
  const actor = { type: 'process', id: 'kit' } as const
  return {
    ...{ id: commandId, process: 'kit', target: `${context}-${id}`, context, type: 'Do', data: { id }, refusals: {} },
    metadata: { commandId, organizationId, actor, correlationId, causationId: correlationId, now: at(0) },
    tries: 0,
  }
}

/** What the adapters of timers, outbox and work must do while billing is halted. `make` gives empty ones. */
export function billingHaltsConformance(name: string, make: () => Promise<HaltingPorts>): void {
  describe(`halted billing: ${name}`, () => {
    let ports: HaltingPorts
    beforeEach(async () => {
      ports = await make()
    })

    it('keeps the first halt of an organization until it is resumed', async () => {
      await ports.billingHalts.halt(halt(other, { at: at(5) }))
      await ports.billingHalts.halt(halt(halted))
      await ports.billingHalts.halt(halt(halted, { by: 'bob' }))
      const known = await ports.billingHalts.all()
      expect(known.map(({ organizationId, by }) => [organizationId, by])).toEqual([
        [halted, 'ann'],
        [other, 'ann'],
      ])
      await ports.billingHalts.resume(halted)
      await ports.billingHalts.resume(halted)
      expect(await ports.billingHalts.all()).toMatchObject([{ organizationId: other }])
    })

    it('holds timers', async () => {
      const write = (each: Timer) => ({ kind: 'set', timer: each }) as const
      const timers = [timer(halted, 'a'), timer(other, 'b')]
      await ports.timers.commit('kit', { from: 0n, to: 1n }, timers.map(write))
      await ports.billingHalts.halt(halt(halted))
      const claim = async (seconds: number) =>
        (await ports.timers.claimDue('subscriptions', at(seconds), at(seconds + 1), 10)).map(
          ({ aggregateId }) => aggregateId,
        )
      expect(await claim(2)).toEqual(['b'])
      expect(await ports.timers.nextDue('subscriptions')).toBeUndefined()
      expect(await ports.timers.list({ limit: 10 })).toHaveLength(2)
      await ports.billingHalts.resume(halted)
      expect(await ports.timers.nextDue('subscriptions')).toBe(at(1))
      expect(await claim(4)).toEqual(['a', 'b'])
    })

    it('holds what processes want of billing contexts', async () => {
      const commands = [row(halted, 'a', 'invoicing'), row(halted, 'b', 'accounts'), row(other, 'c', 'invoicing')]
      await ports.processes.commit({ process: 'kit', owner: 'invoicing', inbox: [], states: [], commands })
      await ports.billingHalts.halt(halt(halted))
      const pending = async () =>
        (await ports.processes.pending('invoicing', 10, at(0))).map(({ data }) => (data as { id: string }).id)
      expect(await pending()).toEqual(['b', 'c'])
      await ports.billingHalts.resume(halted)
      expect(await pending()).toEqual(['a', 'b', 'c'])
    })

    it('holds work', async () => {
      const item = (id: string, organizationId: string) => ({
        ...{ id, queue: 'kit', organizationId, correlationId: id, payload: {}, notBefore: at(0), tries: 0 },
      })
      await ports.workQueue.add([item('a', halted), item('b', other)])
      await ports.billingHalts.halt(halt(halted))
      const take = async (seconds: number) =>
        (await ports.workQueue.take('kit', at(seconds), at(seconds + 1), 10)).map(({ id }) => id)
      expect(await take(1)).toEqual(['b'])
      await ports.workQueue.done(['b'])
      expect(await ports.workQueue.nextAt('kit')).toBeUndefined()
      await ports.billingHalts.resume(halted)
      expect(await ports.workQueue.nextAt('kit')).toBe(at(0))
      expect(await take(3)).toEqual(['a'])
    })
  })
}
