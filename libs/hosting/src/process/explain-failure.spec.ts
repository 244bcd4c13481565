import { createServer, type AddressInfo } from 'node:net'
import { EventStoreUrlUnusable } from '@billstream/event-store-kurrentdb'
import { SettingsInvalid } from '../settings/setting-reader'
import { CannotStart } from './cannot-start'
import { explainFailure } from './explain-failure'

/** What a server says that wants to listen where another one does. The port is that of the other. */
async function listeningTwice(): Promise<{ port: number; failure: unknown }> {
  const first = createServer()
  await new Promise<void>((done) => first.listen(0, '127.0.0.1', done))
  const { port } = first.address() as AddressInfo
  const failure = await new Promise((failed) => createServer().once('error', failed).listen(port, '127.0.0.1'))
  await new Promise((done) => first.close(done))
  return { port, failure }
}

describe('a failure of a start', () => {
  describe('that an operator can mend', () => {
    it.each([new CannotStart('KAFKA_BROKERS: none.'), new SettingsInvalid(['PORT: none.'])])(
      'is its message',
      (error) => expect(explainFailure(error, {})).toBe(error.message),
    )
  })

  describe('to read where the event store is', () => {
    it('names EVENT_STORE_URL', () => {
      expect(explainFailure(new EventStoreUrlUnusable('It is none.'), {})).toBe('EVENT_STORE_URL: It is none.')
    })
  })

  describe('to listen where somebody else does', () => {
    it.each(['PORT', 'HEALTH_PORT'])('names %s where that leads there, and the address', async (name) => {
      const { port, failure } = await listeningTwice()
      expect(explainFailure(failure, { [name]: String(port) })).toBe(
        `${name}: 127.0.0.1:${port} is taken by another program; choose another ${name}.`,
      )
    })

    it('names PORT where no setting is that port', async () => {
      const { port, failure } = await listeningTwice()
      expect(explainFailure(failure, {})).toBe(
        `PORT: 127.0.0.1:${port} is taken by another program; choose another PORT.`,
      )
    })
  })

  describe('to write where this user may not', () => {
    it.each(['EACCES', 'EPERM', 'EROFS'])('names DATA_DIR (%s)', (code) => {
      const denied = Object.assign(new Error(`${code}: no way, mkdir '/data'`), { code })
      expect(explainFailure(denied, {})).toBe(`DATA_DIR: ${code}: no way, mkdir '/data'.`)
    })
  })

  describe('that is a bug', () => {
    it('keeps its stack', () => {
      const bug = new Error('impossible')
      expect(explainFailure(bug, {})).toBe(bug.stack)
    })
  })
})
