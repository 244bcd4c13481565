import fc from 'fast-check'
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

  get isAsked(): boolean {
    return this.release.length > 0
  }

  async letThrough(): Promise<void> {
    for (let turn = 0; turn < 100 && this.release.length === 0; turn += 1) await new Promise(setImmediate)
    this.release.shift()?.()
    await new Promise(setImmediate)
  }
}

describe('an append queue', () => {
  it('makes one group of what one turn asks for, and the third of what comes while two are in flight', async () => {
    const writer = new Writer()
    const queue = new AppendQueue(writer.write)
    const appends: Promise<unknown>[] = []
    for (const [first, second] of ['ab', 'cd']) {
      appends.push(queue.append(request(`${first}`, `${first}1`)), queue.append(request(`${second}`, `${second}1`)))
      await new Promise(setImmediate)
    }
    for (const stream of 'efg') {
      appends.push(queue.append(request(stream, `${stream}1`)))
      await new Promise(setImmediate)
    }
    expect(writer.groups).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    for (let group = 0; group < 3; group += 1) await writer.letThrough()
    await Promise.all(appends)
    expect(writer.groups.at(-1)).toEqual(['e', 'f', 'g'])
  })

  it.each([
    [4, [4]],
    [6, [4, 2]],
    [16, [8, 8]],
    [1_000, [256, 256]],
  ])('shares %d appends of one turn between two groups in flight: %p', async (appends, groups) => {
    const writer = new Writer()
    const queue = new AppendQueue(writer.write)
    const answers = Array.from({ length: appends }, (_, index) => queue.append(request(`s${index}`, `${index}`)))
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    expect(writer.groups.map(({ length }) => length)).toEqual(groups)
    while (writer.isAsked) await writer.letThrough()
    await Promise.all(answers)
    expect(writer.groups.flat()).toHaveLength(appends)
    expect(Math.max(...writer.groups.map(({ length }) => length))).toBe(groups[0])
  })

  it('writes one group at a time where it is made for one', async () => {
    const writer = new Writer()
    const queue = new AppendQueue(writer.write, 1)
    const answers = Array.from({ length: 16 }, (_, index) => queue.append(request(`s${index}`, `${index}`)))
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    answers.push(queue.append(request('late', 'late')))
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    expect(writer.groups.map(({ length }) => length)).toEqual([16])
    await writer.letThrough()
    await writer.letThrough()
    await Promise.all(answers)
    expect(writer.groups.map(({ length }) => length)).toEqual([16, 1])
  })

  it('has no stream and no event id in flight twice and writes each stream in order, whatever is asked when', async () => {
    const asked = fc.record({ stream: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), id: fc.nat({ max: 11 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(asked, { maxLength: 9 }), { maxLength: 6 }), async (turns) => {
        const inFlight = new Set<string>()
        const written: string[] = []
        const queue = new AppendQueue(async (group) => {
          const keys = group.flatMap(({ stream, events }) => [stream, ...events.map(({ id }) => id)])
          expect(keys.filter((key, index) => inFlight.has(key) || keys.indexOf(key) < index)).toEqual([])
          for (const key of keys) inFlight.add(key)
          await new Promise(setImmediate)
          for (const key of keys) inFlight.delete(key)
          if (group.length > 1 && group.some(({ events }) => events[0]?.id === '0')) throw new Error('not together')
          for (const { stream, events } of group) written.push(`${stream} ${events[0]?.correlationId}`)
          return { results: group.map(() => ok({ revision: 0, position: 1n, events: [] })), recorded: [] }
        })
        const answers: Promise<unknown>[] = []
        const wanted: string[] = []
        for (const turn of turns) {
          for (const { stream, id } of turn) {
            const correlationId = String(wanted.length)
            const { events, ...rest } = request(stream, String(id))
            answers.push(queue.append({ ...rest, events: events.map((event) => ({ ...event, correlationId })) }))
            wanted.push(`${stream} ${correlationId}`)
          }
          await new Promise(setImmediate)
        }
        await Promise.all(answers)
        for (const stream of 'abcdef') {
          const of = (all: readonly string[]) => all.filter((each) => each.startsWith(stream))
          expect(of(written)).toEqual(of(wanted))
        }
      }),
    )
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
