import { reading, separating } from './views.reading.kit'
import { rebuilding } from './views.rebuilding.kit'
import { searching } from './views.searching.kit'
import type { ViewsUnderTest } from './views.kit-support'
import { waiting } from './views.waiting.kit'
import { writing } from './views.writing.kit'

export { emptyView, sampleRow, sampleView, type SampleRow, type ViewsUnderTest } from './views.kit-support'

/** What every adapter of the views must do. `start` gives empty views in which `sampleView` exists. */
export function viewsConformance(name: string, start: () => Promise<ViewsUnderTest>): void {
  describe(`views: ${name}`, () => {
    let subject: ViewsUnderTest
    const given = (): ViewsUnderTest => subject

    beforeAll(async () => {
      subject = await start()
    })
    afterAll(() => subject.stop())

    writing(given)
    reading(given)
    searching(given)
    separating(given)
    waiting(given)
    rebuilding(given)
  })
}
