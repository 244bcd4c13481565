import { KafkaJSAggregateError, KafkaJSProtocolError } from 'kafkajs'
import { refusedCreation, refusedUse } from './topic-refused'

/** As the client makes what brokers answer for a topic. */
function answer(type: string, topic?: string): Error {
  const error = new KafkaJSProtocolError(Object.assign(new Error(`reason of ${type}`), { type, code: 0 }))
  return Object.assign(error, topic === undefined ? {} : { topic })
}

const together = (...errors: Error[]) => new KafkaJSAggregateError('Topic creation errors', errors)

describe('topics that are to be made', () => {
  describe('of which another process has made some', () => {
    it('are refused for the reason of the others', () => {
      const thrown = together(answer('TOPIC_ALREADY_EXISTS', 'a'), answer('INVALID_REPLICATION_FACTOR', 'b'))
      expect(refusedCreation(thrown)).toMatchObject({
        topic: 'b',
        code: 'INVALID_REPLICATION_FACTOR',
        message: 'reason of INVALID_REPLICATION_FACTOR',
      })
      expect(refusedCreation(together(answer('TOPIC_ALREADY_EXISTS', 'a')))).toBeUndefined()
    })
  })

  describe('where something else fails', () => {
    it('are not refused', () => expect(refusedCreation(new Error('a socket'))).toBeUndefined())
  })
})

describe('a topic that is there', () => {
  it('is refused to whoever has no right to it', () => {
    expect(refusedUse(answer('TOPIC_AUTHORIZATION_FAILED'), 'a')).toMatchObject({ topic: 'a' })
  })

  it('is not refused while its leader is not known yet', () => {
    expect(refusedUse(answer('LEADER_NOT_AVAILABLE'), 'a')).toBeUndefined()
  })
})
