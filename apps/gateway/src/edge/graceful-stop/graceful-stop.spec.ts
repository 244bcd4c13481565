import { Agent, request as send, type IncomingHttpHeaders } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { ACME_KEY, startGateway, type GatewayUnderTest } from '../../../test/gateway-under-test'
import type { GatewaySettings } from '../http/gateway-settings'

const CURRENT = '/v1/organizations/current'
const CLIENTS = 8

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

describe('a gateway that is told to stop', () => {
  let gateway: GatewayUnderTest
  let port: number
  let kept: Agent

  beforeEach(() => {
    kept = new Agent({ keepAlive: true, maxSockets: 1 })
  })
  afterEach(async () => {
    kept.destroy()
    await gateway.application.close()
  })

  async function listening(overrides: Partial<GatewaySettings> = {}): Promise<void> {
    gateway = await startGateway(overrides)
    await gateway.application.listen(0, '127.0.0.1')
    port = (gateway.application.getHttpServer().address() as AddressInfo).port
  }

  const stop = () => gateway.application.close()

  function get(path: string, agent: Agent | false = false): Promise<Answer> {
    return new Promise((answered, failed) => {
      const headers = { authorization: `Bearer ${ACME_KEY}` }
      send({ host: '127.0.0.1', port, path, agent: agent || new Agent(), headers }, (response) => {
        response.resume()
        response.on('end', () => answered({ status: response.statusCode ?? 0, headers: response.headers }))
        response.on('error', failed)
      })
        .on('error', failed)
        .end()
    })
  }

  describe('while it answers', () => {
    it('answers, and says that the connection ends', async () => {
      let begun = () => undefined as void
      let release = () => undefined as void
      const answering = new Promise<void>((resolve) => (begun = resolve))
      const held = new Promise<boolean>((resolve) => (release = () => resolve(true)))
      await listening({ ready: () => (begun(), held) })
      const answer = get('/health/ready', kept)
      await answering
      const stopped = stop()
      release()
      expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
      await stopped
    })
  })

  describe('while the next request of a connection is on its way', () => {
    it('answers as always, and says that the connection ends', async () => {
      await listening()
      await get(CURRENT, kept)
      const stopped = stop()
      expect(await get(CURRENT, kept)).toMatchObject({
        status: 200,
        headers: { connection: 'close', 'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
      })
      await stopped
    })
  })

  describe('with time to drain', () => {
    it('is not ready, and answers whoever comes, as always, once for each connection', async () => {
      await listening({ drainMs: 500 })
      const stopped = stop()
      expect(await get('/health/ready')).toMatchObject({ status: 503 })
      expect(await get(CURRENT)).toMatchObject({ status: 200, headers: { connection: 'close' } })
      await stopped
    })

    it('takes nobody afterwards', async () => {
      await listening({ drainMs: 50 })
      await stop()
      await expect(get(CURRENT)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    })
  })

  describe('with connections on which nothing comes', () => {
    it('closes them and ends', async () => {
      await listening()
      await get(CURRENT, kept)
      const silent = connect(port, '127.0.0.1')
      silent.resume()
      await new Promise((connected) => silent.once('connect', connected))
      const gone = new Promise((closed) => silent.once('close', closed))
      await stop()
      await gone
    })
  })

  describe('under load of new connections', () => {
    it('serves each that it has not refused to take', async () => {
      await listening()
      const outcomes: unknown[] = []
      const clients = Array.from({ length: CLIENTS }, async () => {
        for (let taken = true; taken;) {
          const outcome = await get('/health/live').then(
            ({ status }) => status,
            ({ code }: NodeJS.ErrnoException) => code,
          )
          outcomes.push(outcome)
          taken = outcome === 200
          await pause(1)
        }
      })
      await pause(100)
      await stop()
      await Promise.all(clients)
      expect([...new Set(outcomes)].sort()).toEqual([200, 'ECONNREFUSED'])
    })
  })
})
