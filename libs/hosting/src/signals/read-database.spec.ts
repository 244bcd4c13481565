import { readQueueDepths } from './read-database'

describe('the depth of a queue', () => {
  it('stays visible as 0 once the queue is empty', async () => {
    const full = { queue: 'outbox', name: 'invoicing', count: 3 } as const
    const answers = [[full], [], [{ ...full, name: 'usage' }]]
    const queueDepths = { read: () => Promise.resolve(answers.shift() ?? []) }
    const read = readQueueDepths({ queueDepths } as unknown as Parameters<typeof readQueueDepths>[0])
    const told = async () => (await read()).flatMap(({ values }) => values.map(({ labels, value }) => [labels, value]))
    const invoicing = { queue: 'outbox', name: 'invoicing' }
    expect(await told()).toEqual([[invoicing, 3]])
    expect(await told()).toEqual([[invoicing, 0]])
    expect(await told()).toEqual([
      [invoicing, 0],
      [{ queue: 'outbox', name: 'usage' }, 3],
    ])
  })
})
