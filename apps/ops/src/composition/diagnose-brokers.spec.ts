import { clusterFinding } from './diagnose-brokers'

describe('the line of a Kafka cluster', () => {
  it.each([
    [{ clusterId: 'c1', brokers: [1, 2, 3], controller: 2 }, 'c1, 3 brokers, controller 2; brokers tell no version'],
    [{ clusterId: 'c1', brokers: [1], controller: null }, 'c1, 1 broker, no controller; brokers tell no version'],
    [undefined, 'is not shown to this user'],
  ])('of %j says so', (cluster, seen) =>
    expect(clusterFinding(cluster)).toEqual({ ...{ about: 'Kafka cluster', state: 'ok', todo: '' }, seen }),
  )
})
