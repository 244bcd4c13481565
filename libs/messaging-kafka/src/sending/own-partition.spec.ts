import { Partitioners, type PartitionMetadata } from 'kafkajs'
import { addressOn } from './own-partition'

const partitionMetadata = Array.from({ length: 16 }, (_, partitionId) => ({ partitionId })) as PartitionMetadata[]

function partitionOf(address: string): number {
  const message = { key: address, value: null }
  return Partitioners.DefaultPartitioner()({ topic: 'replies', partitionMetadata, message })
}

describe('the addresses of processes', () => {
  it('have gateways and services read partitions of their own, each every one of its half', () => {
    const read = (lane: Parameters<typeof addressOn>[0]) =>
      [...new Set(Array.from({ length: 400 }, () => partitionOf(addressOn(lane, 16))))].sort((a, b) => a - b)
    expect(read('gateways')).toEqual([0, 2, 4, 6, 8, 10, 12, 14])
    expect(read('services')).toEqual([1, 3, 5, 7, 9, 11, 13, 15])
  })
})
