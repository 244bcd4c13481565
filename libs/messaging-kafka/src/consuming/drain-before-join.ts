import { PartitionAssigners, type PartitionAssigner } from 'kafkajs'
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup'

interface Draining {
  beforeJoin(): Promise<void>
}

/**
 * kafkajs joins a group again the moment that it hears of a rebalance, and offers no hook before it: its own consumers finish a
 * batch first only because they hold up the fetching of all partitions for it. We do not, so the one place through which each
 * join goes is told to drain first. kafkajs is no longer maintained and its version is pinned; the bus's conformance kit shows
 * that the old owner of a partition has finished before the new one begins.
 */
const join = ConsumerGroup.prototype.joinAndSync
ConsumerGroup.prototype.joinAndSync = async function drainAndJoin(this: ConsumerGroup) {
  for (const assigner of this.assigners) await (assigner as Partial<Draining>).beforeJoin?.()
  return join.call(this)
}

/** kafkajs' round robin, whose group joins only after `beforeJoin` has resolved. */
export function drainingAssigner(beforeJoin: () => Promise<void>): PartitionAssigner {
  return (config) => ({ ...PartitionAssigners.roundRobin(config), beforeJoin })
}
