import { randomUUID } from 'node:crypto'
import {
  AssignerProtocol,
  PartitionAssigners,
  Partitioners,
  type PartitionAssigner,
  type PartitionMetadata,
} from 'kafkajs'

/** Who is answered where: what a gateway is answered, which is most of all, wakes no service, and the other way round. */
export type ReplyLane = 'gateways' | 'services'

/** A new address whose partition, of so many, is one of its lane: every other one. */
export function addressOn(lane: ReplyLane, partitions: number): string {
  const partitionOf = Partitioners.DefaultPartitioner()
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
  })) as PartitionMetadata[]
  const wanted = lane === 'gateways' ? 0 : 1
  for (;;) {
    const address = randomUUID()
    const partition = partitionOf({ topic: '', partitionMetadata, message: { key: address, value: null } })
    if (partition % 2 === wanted) return address
  }
}

/**
 * For a group of one process: of each topic it reads nothing but the partition to which messages with its address as their key
 * go, and is not woken by any other.
 */
export function ownPartition(address: string): PartitionAssigner {
  const partitionOf = Partitioners.DefaultPartitioner()
  return (config) => {
    const roundRobin = PartitionAssigners.roundRobin(config)
    return {
      ...roundRobin,
      assign: ({ members, topics }) => {
        const assignment = Object.fromEntries(
          topics.map((topic) => {
            const partitionMetadata = config.cluster.findTopicPartitionMetadata(topic)
            return [topic, [partitionOf({ topic, partitionMetadata, message: { key: address, value: null } })]]
          }),
        )
        const memberAssignment = AssignerProtocol.MemberAssignment.encode({
          ...{ version: roundRobin.version, assignment, userData: Buffer.alloc(0) },
        })
        // After a loss of the brokers the member of before may still be known; nobody hears it.
        return Promise.resolve(members.map(({ memberId }) => ({ memberId, memberAssignment })))
      },
    }
  }
}
