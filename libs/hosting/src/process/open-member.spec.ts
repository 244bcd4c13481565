import { isMemberReady, type Member } from './open-member'

function member(isReady: boolean, canRecord: boolean): Member {
  const answers = { isReady: () => Promise.resolve(isReady), canRecord: () => Promise.resolve(canRecord) }
  return answers as unknown as Member
}

describe('a process that records events', () => {
  it.each([
    ['has its migrations and its event store', member(true, true), true],
    ['has no event store', member(true, false), false],
    ['waits for migrations', member(false, true), false],
    ['is not open yet', undefined, false],
  ])('that %s: ready is what it can do', async (_, given, ready) => expect(await isMemberReady(given)).toBe(ready))
})
