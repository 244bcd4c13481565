import type { Story } from '../story/story'
import { tellStory } from '../story/tell-story'
import { shrink } from './shrink'

describe('a story that breaks', () => {
  const story = tellStory(1)
  const kept = (shorter: Story) => shorter.actions.map(({ id }) => id)

  it('is shortened to what it takes, ids and order unchanged', async () => {
    const needs = (shorter: Story) => Promise.resolve([3, 9].every((id) => kept(shorter).includes(id)))
    expect(kept(await shrink(story, needs))).toEqual([3, 9])
  })

  it('that cannot be shortened stays whole, after a bounded number of runs', async () => {
    let runs = 0
    const never = () => Promise.resolve(((runs += 1), false))
    expect(kept(await shrink(story, never))).toEqual(kept(story))
    expect(runs).toBeLessThanOrEqual(60)
  })
})
