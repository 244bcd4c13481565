import { Worker } from 'node:worker_threads'
import type { FaultRates } from '../faults/fault-rates'
import type { SeedReport } from './seed-report'

/** Runs seeds on several threads; tells of each report as it comes. Rejects when a thread dies. */
export async function runSeeds(
  program: string,
  { seeds, workers, rates }: { seeds: readonly number[]; workers: number; rates: FaultRates },
  onReport: (report: SeedReport) => void,
): Promise<void> {
  const waiting = [...seeds]
  const threads = Array.from(
    { length: Math.min(workers, seeds.length) },
    () => new Worker(program, { workerData: { rates } }),
  )
  try {
    await Promise.all(threads.map((thread) => drain(thread, waiting, onReport)))
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

/** Gives a thread one seed after the other until none is left. */
function drain(thread: Worker, waiting: number[], onReport: (report: SeedReport) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      const seed = waiting.shift()
      if (seed === undefined) resolve()
      else thread.postMessage(seed)
    }
    thread.on('error', reject)
    thread.on('message', (report: SeedReport) => {
      onReport(report)
      next()
    })
    next()
  })
}
