declare module 'kafkajs/src/consumer/consumerGroup' {
  /** The part of kafkajs' own consumer group through which each join goes. */
  export default class ConsumerGroup {
    assigners: readonly object[]
    joinAndSync(): Promise<void>
  }
}
