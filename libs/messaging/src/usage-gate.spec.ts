import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { UsageRequest } from './message-bus.port'
import { USAGE_GROUP_MAX, USAGE_GROUPS_IN_FLIGHT, UsageGate } from './usage-gate'

const request = (requestId: string) => ({ requestId }) as UsageRequest
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

describe('a gate of usage', () => {
  it('hands on what comes in one moment together, some groups at once, and answers each with its own', async () => {
    const groups: number[] = []
    let inFlight = 0
    let most = 0
    const gate = new UsageGate(async (requests) => {
      groups.push(requests.length)
      most = Math.max(most, (inFlight += 1))
      await turn()
      inFlight -= 1
      return requests.map(({ requestId }) => requestId)
    })
    const ids = Array.from({ length: 3 * USAGE_GROUP_MAX + 7 }, (_, index) => String(index))
    expect(await Promise.all(ids.map((id) => gate.add(request(id))))).toEqual(ids)
    expect(groups).toEqual([USAGE_GROUP_MAX, USAGE_GROUP_MAX, USAGE_GROUP_MAX, 7])
    expect(most).toBe(USAGE_GROUPS_IN_FLIGHT)
  })

  it('goes on after a group that fails', async () => {
    const gate = new UsageGate(async ([first]) => {
      if (first?.requestId === 'bad') throw new Error('The log is away.')
      return [first?.requestId]
    })
    await expect(gate.add(request('bad'))).rejects.toThrow('away')
    expect(await gate.add(request('good'))).toBe('good')
  })

  it('forgets what it has answered, however long requests never cease', async () => {
    const gate = new UsageGate(async (requests) => {
      await turn()
      return requests.map(() => true)
    })
    let answered: Promise<unknown> | undefined
    const first = (() => {
      const given = request('first')
      answered = gate.add(given)
      return new WeakRef(given)
    })()
    let goesOn = true
    const callers = Array.from({ length: 3 * USAGE_GROUP_MAX }, async () => {
      while (goesOn) await gate.add(request('more'))
    })
    try {
      await answered
      for (let turns = 0; turns < 50; turns += 1) await turn()
      collectGarbage()
      expect(first.deref()).toBeUndefined()
    } finally {
      goesOn = false
      await Promise.all(callers)
    }
  })
})
