import type { ScanWatch } from '@billstream/event-sourcing-runtime'
import type { StartProgress } from './progress'

/** A walk through the whole store, as work that takes long: Ctrl-C breaks it off, and it shows how far it is. */
export function watchedScan(signal: AbortSignal, progress: StartProgress): ScanWatch {
  return {
    signal,
    begin(target) {
      const shown = progress({ unit: 'positions of the store', total: Number(target) })
      let seen = 0n
      return {
        reached(position) {
          shown.advance(Number(position - seen))
          seen = position
        },
        end: () => shown.end(),
      }
    },
  }
}
