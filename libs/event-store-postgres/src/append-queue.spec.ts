import { StoreUnavailable, type SerializedEvent } from '@billstream/event-sourcing-runtime'
import { ok } from '@billstream/kernel'
import type { AppendRequest, GroupOutcome } from './append-group'
import { AppendQueue } from './append-queue'

function request(stream: string, ...ids: string[]): AppendRequest {
  const event = {
    type: 'T',
    schemaVersion: 1,
    organizationId: 'o',
    correlationId: 'c',
    data: '{}',
    metadata: '{}',
    bytes: 4,
  }
  return { stream, expected: 'any', events: ids.map((id): SerializedEvent => ({ id, ...event })) }
}

/** Answers when it is told to; remembers what it was given. */
class Writer {
  readonly groups: string[][] = []
  private release: (() => void)[] = []

  constructor(private readonly judge: (group: readonly AppendRequest[]) => void = () => undefined) {}

  readonly write = async (group: readonly AppendRequest[]): Promise<GroupOutcome> => {
    this.groups.push(group.map(({ stream }) => stream))
    await new Promise<void>((resolve) => this.release.push(resolve))
    this.judge(group)
    return { results: group.map(() => ok({ revision: 0, position: 1n, events: [] })), recorded: [] }
  }

  async letThrough(): Promise<void> {
    for (let turn = 0; turn < 100 && this.release.length === 0; turn += 1) await new Promise(setImmediate)
    this.release.shift()?.()
    await new Promise(setImmediate)
  }
}

describe('an append queue', () => {
  it('makes one group of what one turn asks for, and the next of what comes while it is in flight', async () => {
    const writer = new Writer()
    const queue = new AppendQueue(writer.write)
    const first = [queue.append(request('a', '1')), queue.append(request('b', '2'))]
    while (writer.groups.length === 0) await new Promise(setImmediate)
    const second = [queue.append(request('c', '3')), queue.append(request('d', '4'))]
    await writer.letThrough()
    await writer.letThrough()
    await Promise.all([...first, ...second])
    expect(writer.groups).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('has a stream and an event id once in a group and keeps the order of each stream', async () => {
    const writer = new Writer()
    const queue = new AppendQueue(writer.write)
    const appends = [
      queue.append(request('a', '1')),
      queue.append(request('a', '2')),
      queue.append(request('b', '1')),
      queue.append(request('b', '3')),
      queue.append(request('c', '4')),
    ]
    for (let group = 0; group < 3; group += 1) await writer.letThrough()
    await Promise.all(appends)
    expect(writer.groups).toEqual([['a', 'c'], ['a', 'b'], ['b']])
  })

  it('bounds a group', async () => {
    const writer = new Writer()
    const queue = new AppendQueue(writer.write)
    const appends = Array.from({ length: 600 }, (_, index) => queue.append(request(`s${index}`, String(index))))
    for (let group = 0; group < 3; group += 1) await writer.letThrough()
    await Promise.all(appends)
    expect(writer.groups.map(({ length }) => length)).toEqual([256, 256, 88])
  })

  it('lets one append that cannot be taken fail alone', async () => {
    const writer = new Writer((group) => {
      if (group.some(({ stream }) => stream === 'bad')) throw new Error('invalid byte sequence')
    })
    const queue = new AppendQueue(writer.write)
    const appends = Promise.allSettled(['a', 'bad', 'b'].map((stream) => queue.append(request(stream, stream))))
    for (let group = 0; group < 4; group += 1) await writer.letThrough()
    expect((await appends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('tells all of a group that the server is away, and repeats nothing', async () => {
    const writer = new Writer(() => {
      throw new StoreUnavailable('away')
    })
    const queue = new AppendQueue(writer.write)
    const appends = Promise.allSettled(['a', 'b'].map((stream) => queue.append(request(stream, stream))))
    await writer.letThrough()
    expect((await appends).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(writer.groups).toHaveLength(1)
  })

  it('answers what it has taken before it is closed, and takes nothing more', async () => {
    const writer = new Writer()
    const queue = new AppendQueue(writer.write)
    const appends = [queue.append(request('a', '1')), queue.append(request('a', '2'))]
    const closing = queue.close()
    await expect(queue.append(request('b', '3'))).rejects.toThrow(StoreUnavailable)
    await writer.letThrough()
    await writer.letThrough()
    await closing
    expect((await Promise.all(appends)).every((result) => result.ok)).toBe(true)
  })
})
