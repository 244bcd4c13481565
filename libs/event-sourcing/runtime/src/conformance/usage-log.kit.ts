import type { UsageLog } from '../ports/usage-log.port'
import { usageIngestion } from './usage-log-ingestion.kit'
import { usageMeasurement } from './usage-log-measurement.kit'
import { usageLateness } from './usage-log-lateness.kit'
import { usageReads } from './usage-log-reads.kit'

/** A log to be tested. Its data may hold usage of earlier tests. */
export interface UsageLogUnderTest {
  readonly log: UsageLog
  readonly stop: () => Promise<void>
}

export type GivenUsageLog = () => UsageLog

/** What every adapter of the usage log must do. Call it in a spec of the adapter. */
export function usageLogConformance(name: string, start: () => Promise<UsageLogUnderTest>): void {
  describe(`usage log: ${name}`, () => {
    let subject: UsageLogUnderTest
    const given: GivenUsageLog = () => subject.log

    beforeAll(async () => {
      subject = await start()
    })
    afterAll(() => subject.stop())

    usageIngestion(given)
    usageMeasurement(given)
    usageLateness(given)
    usageReads(given)
  })
}
