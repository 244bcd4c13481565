import { viewsConformance } from '../conformance/views.kit'
import { MemoryViews } from './views.memory'

const sleeper = {
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      AbortSignal.timeout(ms).addEventListener('abort', () => resolve())
      signal?.addEventListener('abort', () => resolve())
    }),
}

viewsConformance('memory', async () => {
  const views = new MemoryViews(sleeper)
  return Promise.resolve({
    reader: views,
    anywhere: views,
    writer: views,
    rebuilds: views,
    progress: views,
    stop: () => Promise.resolve(),
  })
})
