import { messageBusConformance } from '@billstream/messaging/conformance'
import { kafkaUnderTest } from '../test/kafka-under-test'

messageBusConformance('the bus over Kafka', kafkaUnderTest)
