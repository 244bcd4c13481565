import { viewsConformance } from '../conformance/views.kit'
import { MemoryViews } from './views.memory'

const sleeper = {
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}

viewsConformance('memory', async () => {
  const views = new MemoryViews(sleeper)
  return Promise.resolve({
    reader: views,
    anywhere: views,
    writer: views,
    progress: views,
    stop: () => Promise.resolve(),
  })
})
