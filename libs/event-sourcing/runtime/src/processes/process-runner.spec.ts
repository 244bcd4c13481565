import { Type } from '@sinclair/typebox'
import { defineCommand, Field, want, type ProcessDefinition, type RecordedEvent } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { fixedClock } from '@billstream/testing'
import { MemoryProcessStore } from '../memory/processes.memory'
import { handleBatch } from './process-runner'

const Greet = defineCommand(
  'Greet',
  { context: 'accounts', category: 'greeting', aggregateId: ({ id }: { id: string }) => id },
  Type.Object({ id: Field.id, visits: Field.integer }),
)
const stateless: ProcessDefinition = {
  name: 'greet-visitors',
  context: 'accounts',
  reactsTo: ['Visited'],
  react: (event) => {
    const { id } = event.data as { id: string }
    return id === 'nobody' ? [] : [want(Greet, { id, visits: 1 })]
  },
}
const counting: ProcessDefinition<number> = {
  name: 'greet-every-visit',
  context: 'accounts',
  reactsTo: ['Visited'],
  key: (event) => (event.data as { id: string }).id,
  initial: 0,
  evolve: (visits) => visits + 1,
  react: (event, visits) => [want(Greet, { id: (event.data as { id: string }).id, visits })],
}
let position = 0n
const visited = (id: string, clockId?: string): RecordedEvent =>
  recorded(
    { type: 'Visited', data: { id } },
    { position: (position += 1n), ...(clockId !== undefined && { metadata: { clockId } }) },
  )

function make() {
  return { processes: new MemoryProcessStore(), clock: fixedClock('2026-07-01T00:00:00.000Z') }
}
const pending = async ({ processes, clock }: ReturnType<typeof make>) => processes.pending('accounts', 100, clock.now())

describe('a process', () => {
  it('writes its commands with ids derived from the event', async () => {
    const ports = make()
    const event = visited('ann')
    expect(await handleBatch(stateless, ports, [event])).toBe(true)
    const [row] = await pending(ports)
    expect(row).toMatchObject({
      target: 'greeting-ann',
      type: 'Greet',
      metadata: { causationId: event.id, actor: { type: 'process', id: 'greet-visitors' } },
    })
    expect(row?.metadata.commandId).toBe(row?.id)
  })

  it('given an event twice, in one batch or in two, wants its command once', async () => {
    const ports = make()
    const event = visited('ann')
    await handleBatch(stateless, ports, [event])
    await handleBatch(stateless, ports, [event, visited('bob')])
    expect((await pending(ports)).map(({ target }) => target)).toEqual(['greeting-ann', 'greeting-bob'])
  })

  it('counts an event once in its state, whatever is delivered again', async () => {
    const ports = make()
    const [first, second] = [visited('ann'), visited('ann')]
    await handleBatch(counting, ports, [first])
    await handleBatch(counting, ports, [first, second])
    expect((await pending(ports)).map(({ data }) => data)).toEqual([
      { id: 'ann', visits: 1 },
      { id: 'ann', visits: 2 },
    ])
  })

  it('keeps the states of others apart', async () => {
    const ports = make()
    await handleBatch(counting, ports, [visited('ann'), visited('bob'), visited('ann')])
    expect((await pending(ports)).map(({ data }) => data)).toMatchObject([{ visits: 1 }, { visits: 1 }, { visits: 2 }])
  })

  it('with nothing to do writes nothing', async () => {
    const ports = make()
    expect(await handleBatch(stateless, ports, [visited('nobody')])).toBe(false)
    expect(await pending(ports)).toEqual([])
  })

  it('acts at the instant of the event on a test clock, else at the present', async () => {
    const ports = make()
    const onClock = visited('ann', '00000000-0000-7000-8000-0000000000cc')
    await handleBatch(stateless, ports, [onClock, visited('bob')])
    const [ann, bob] = await pending(ports)
    expect(ann?.metadata).toMatchObject({ now: onClock.metadata.occurredAt, clockId: onClock.metadata.clockId })
    expect(bob?.metadata.now).toBe('2026-07-01T00:00:00.000Z')
  })
})
