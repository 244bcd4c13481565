import type { OutgoingMessages } from '@billstream/messaging-kafka'
import type { ReadGauges } from '@billstream/platform'

/** What waits for the brokers in this process. */
export function readUnsent(...senders: readonly OutgoingMessages[]): ReadGauges {
  return () => {
    const value = senders.reduce((sum, { unsentBytes }) => sum + unsentBytes, 0)
    return Promise.resolve([{ gauge: 'billstream_kafka_unsent_bytes' as const, values: [{ labels: {}, value }] }])
  }
}
