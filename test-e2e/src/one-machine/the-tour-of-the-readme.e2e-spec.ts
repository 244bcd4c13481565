import { eventually } from '../support/api'
import { PlatformProcess } from '../support/platform-process'
import { takeTour, tour } from '../support/readme-tour'

describe('a newcomer who follows the tour of the README word by word', () => {
  let platform: PlatformProcess

  beforeAll(async () => {
    platform = await PlatformProcess.start({ DEMO: 'on' })
    // The tour is taken while the story of the demo organization is told, or after: its tax must be there.
    await eventually(() => Promise.resolve(expect(platform.folder.demoStoryIsTold).toBe(true)))
  })
  afterAll(() => platform.dispose())

  it('sees what the page shows', async () => {
    const steps = tour()
    expect(steps.length).toBeGreaterThan(4)
    const printed = await takeTour(steps, { address: platform.address, key: platform.folder.demoKey })
    expect(printed).toEqual(steps.map(({ shown }) => shown))
  })
})
