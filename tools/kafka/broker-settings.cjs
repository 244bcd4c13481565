/** What a single node needs, and what suites need to be quick; the same in Docker and in Java. Otherwise Kafka's defaults. */
const brokerSettings = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  // A group of a suite is complete at once.
  'group.initial.rebalance.delay.ms': '0',
  // After a crash the node waits until its former self counts as dead.
  'broker.session.timeout.ms': '6000',
  'broker.heartbeat.interval.ms': '1000',
  // On two cores that everything shares, more threads only hand requests to each other.
  'num.network.threads': '1',
  'num.io.threads': '2',
  // A misspelt topic must not come to be.
  'auto.create.topics.enable': 'false',
  // A message of the platform is at most 1,000,000 bytes; headers and the batch around it are not counted there.
  'message.max.bytes': '1048588',
}

module.exports = { brokerSettings }
