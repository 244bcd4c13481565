import { parentPort, workerData } from 'node:worker_threads'
import { reportSeed } from './composition/report-seed'
import type { FaultRates } from './faults/fault-rates'

/** One thread: runs the seeds that it is given, one after the other, and answers each with its report. */
const { rates } = workerData as { rates: FaultRates }

parentPort?.on('message', (seed: number) => {
  void reportSeed(seed, { rates }).then((report) => parentPort?.postMessage(report))
})
