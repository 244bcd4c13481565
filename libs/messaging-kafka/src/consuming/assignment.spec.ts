import { Assignment } from './assignment'

const place = { topic: 'events', partition: 0 }

describe('an assignment with messages in work', () => {
  it('counts them and their bytes until each has left, once', () => {
    const assignment = new Assignment()
    const [first, second] = [assignment.take(place, 0n, 500), assignment.take(place, 1n, 20)]
    expect([assignment.unfinished, assignment.unfinishedBytes]).toEqual([2, 520])
    first.done()
    first.dropped()
    expect([assignment.unfinished, assignment.unfinishedBytes]).toEqual([1, 20])
    second.dropped()
    expect([assignment.unfinished, assignment.unfinishedBytes]).toEqual([0, 0])
    expect(assignment.toCommit()).toEqual([{ ...place, offset: 1n }])
  })
})
