import type { Actor, Command, CommandReply } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId, refuse } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { StoreUnavailable } from '../errors'
import { MemoryLeases } from '../memory/leases.memory'
import { MemoryProcessStore } from '../memory/processes.memory'
import { WakeUp } from '../running/wake-up'
import { runOutboxSender } from './outbox-sender'

type Answer = CommandReply | 'unavailable'
const done: Answer = { ok: true, value: { id: 'x', events: [] }, position: 1n }
const refused = (code: string): Answer => ({ ...refuse(code, 'No.'), position: 0n })

/** Sends one command of a process until nothing is left to send; each try gets the next answer. */
async function send(answers: Answer[], refusals: Record<string, string> = {}, actor?: Actor) {
  const processes = new MemoryProcessStore()
  const clock = fixedClock('2026-07-01T00:00:00.000Z')
  const sent: Command[] = []
  const said: string[] = []
  const metadata = testMetadata({ commandId: derivedId('row'), ...(actor && { actor }) })
  const row = {
    id: metadata.commandId,
    process: 'p',
    target: 'bell-1',
    context: 'accounts',
    type: 'Ring',
    data: {},
    metadata,
    refusals,
    tries: 0,
  }
  await processes.commit({ process: 'p', owner: 'accounts', inbox: ['e'], states: [], commands: [row] })
  const dispatch = {
    dispatch: (_route: unknown, command: Command) => {
      sent.push(command)
      const answer = answers[sent.length - 1] ?? done
      return answer === 'unavailable' ? Promise.reject(new StoreUnavailable('away')) : Promise.resolve(answer)
    },
  }
  // Each sleep of the sender moves the clock: what waits becomes due.
  const sleeper = {
    sleep: async () => {
      clock.advance(1)
      await new Promise<void>((resolve) => setImmediate(resolve))
    },
  }
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_: object, message: string) => void said.push(message),
  }
  const stop = new AbortController()
  const ports = { processes, clock, sleeper, log, leases: new MemoryLeases() }
  const running = runOutboxSender('accounts', ports, { dispatch, wakeUp: new WakeUp(sleeper) }, stop.signal)
  for (let turn = 0; turn < 500; turn += 1) {
    if ((await processes.pendingOf(metadata.correlationId)) === 0) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  stop.abort()
  await running
  const { refused: kept } = await processes.commandsById([row.id])
  return {
    sent,
    left: await processes.pendingOf(metadata.correlationId),
    alarms: await processes.alarms(10),
    kept,
    said,
  }
}

describe('a command that a process wants', () => {
  it('is sent once and leaves the outbox', async () => {
    expect(await send([done])).toMatchObject({ sent: [{ type: 'Ring' }], left: 0, alarms: [] })
  })
  it('is sent again under the same id while nobody can be reached', async () => {
    const { sent, left } = await send(['unavailable', 'unavailable', done])
    expect([new Set(sent.map(({ metadata }) => metadata.commandId)).size, sent.length, left]).toEqual([1, 3, 0])
  })
  it.each(['wait', 'retry'])('is sent again when its refusal means %s', async (policy) => {
    const { sent, left, alarms } = await send([refused('too_early'), done], { too_early: policy })
    expect([sent.length, left, alarms]).toEqual([2, 0, []])
  })
  it('is given up when its refusal may be ignored', async () => {
    expect(await send([refused('done_already')], { done_already: 'ignore' })).toMatchObject({ left: 0, alarms: [] })
  })
  it('is kept for an operator when nobody named its refusal', async () => {
    expect(await send([refused('never_heard_of')])).toMatchObject({ left: 0, alarms: [{ code: 'never_heard_of' }] })
  })
})

describe('a command that an operator gives', () => {
  it('is answered when it is refused, and nobody is alarmed', async () => {
    const { left, alarms, kept, said } = await send([refused('halted_already')], {}, { type: 'admin', id: 'ann' })
    expect({ left, alarms, said }).toEqual({ left: 0, alarms: [], said: [] })
    expect(kept).toMatchObject([{ code: 'halted_already' }])
  })
})
