import { GATE_WAIT_MS, RequestGate } from './request-gate'

/** A topic on which requests go out; each is answered when the test says so. */
function given() {
  const gate = new RequestGate()
  const sent: string[] = []
  const replies = new Map<string, { resolve(): void; reject(error: Error): void }>()
  const ask = (name: string) =>
    gate.run(() => {
      sent.push(name)
      return new Promise<string>((resolve, reject) => replies.set(name, { resolve: () => resolve(name), reject }))
    })
  const soon = () => jest.advanceTimersByTimeAsync(0)
  return {
    sent,
    ask,
    soon,
    async answer(name: string) {
      replies.get(name)?.resolve()
      await soon()
    },
    async fail(name: string) {
      replies.get(name)?.reject(new Error('The brokers are away.'))
      await soon()
    },
  }
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('the way out while no request is under way', () => {
  it('lets one go at once, and the next lone one as well', async () => {
    const { ask, answer, sent, soon } = given()
    for (const name of ['a', 'b']) {
      const reply = ask(name)
      await soon()
      expect(sent.at(-1)).toBe(name)
      await answer(name)
      expect(await reply).toBe(name)
    }
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('the way out while a request is under way', () => {
  it('lets what has come meanwhile go together with its reply', async () => {
    const { ask, answer, sent } = given()
    const replies = ['a', 'b', 'c'].map(ask)
    expect(sent).toEqual(['a'])
    await answer('a')
    expect(sent).toEqual(['a', 'b', 'c'])
    await answer('b')
    await answer('c')
    expect(await Promise.all(replies)).toEqual(['a', 'b', 'c'])
  })

  it('waits for all replies of those that went together', async () => {
    const { ask, answer, sent } = given()
    const replies = ['a', 'b', 'c'].map(ask)
    await answer('a')
    replies.push(ask('d'))
    await answer('b')
    expect(sent).toEqual(['a', 'b', 'c'])
    await answer('c')
    expect(sent).toEqual(['a', 'b', 'c', 'd'])
    await answer('d')
    await Promise.all(replies)
  })

  it('lets them go after 25 ms however long the reply takes', async () => {
    const { ask, answer, sent } = given()
    const replies = [ask('slow'), ask('b')]
    await jest.advanceTimersByTimeAsync(GATE_WAIT_MS - 1)
    replies.push(ask('c'))
    expect(sent).toEqual(['slow'])
    await jest.advanceTimersByTimeAsync(1)
    expect(sent).toEqual(['slow', 'b', 'c'])
    for (const name of sent) await answer(name)
    await Promise.all(replies)
  })

  it('goes on when it fails', async () => {
    const { ask, answer, fail, sent } = given()
    const [failing, next] = [ask('a'), ask('b')]
    const failure = expect(failing).rejects.toThrow('away')
    await fail('a')
    await failure
    expect(sent).toEqual(['a', 'b'])
    await answer('b')
    expect(await next).toBe('b')
  })
})
