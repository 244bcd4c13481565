import { connect, type AddressInfo } from 'node:net'
import { startGateway, type GatewayUnderTest } from '../../../test/gateway-under-test'

const UUID = /^[0-9a-f-]{36}$/
const HOST = 'Host: a'
const ORIGIN = 'https://app.example.com'

describe('a request that no route sees', () => {
  let gateway: GatewayUnderTest

  beforeEach(async () => {
    gateway = await startGateway()
  })
  afterEach(() => gateway.application.close())

  describe('because its path cannot be read', () => {
    it.each([
      ['bytes that are no text', '/v1/customers/%ff', 400, 'bad_request'],
      ['a broken escape', '/v1/%zz', 400, 'bad_request'],
      ['a part that is too long', `/v1/customers/${'x'.repeat(4_001)}`, 414, 'path_too_long'],
    ])('for %s is answered in the shape of the API', async (_what, path, status, code) =>
      expect(await gateway.call('GET', path)).toMatchObject({
        status,
        json: { code, detail: expect.any(String) as string },
        headers: { 'x-request-id': expect.stringMatching(UUID) as string },
      }),
    )
  })

  describe('because it asks for what is allowed', () => {
    it.each([
      ['a browser', { origin: ORIGIN, 'access-control-request-method': 'POST' }],
      ['anybody else', {}],
    ])('from %s is answered without a body, with an id', async (_who, headers) =>
      expect(await gateway.call('OPTIONS', '/v1/customers/', { headers })).toMatchObject({
        status: 204,
        text: '',
        headers: {
          'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
          'x-request-id': expect.stringMatching(UUID) as string,
        },
      }),
    )
  })

  describe('because it is none of HTTP', () => {
    it.each([
      ['an unknown method', ['FOO / HTTP/1.1', HOST], 400, 'bad_request'],
      ['no line of a request', ['hello'], 400, 'bad_request'],
      ['too long a line', [`GET /${'x'.repeat(20_000)} HTTP/1.1`, HOST], 431, 'headers_too_large'],
      ['too large a header', ['GET / HTTP/1.1', HOST, `X-A: ${'x'.repeat(20_000)}`], 431, 'headers_too_large'],
    ])('with %s is answered in the shape of the API, and its connection ends', async (_what, lines, status, code) => {
      await gateway.application.listen(0, '127.0.0.1')
      const answer = await answerTo(`${lines.join('\r\n')}\r\n\r\n`)
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Z]`))
      expect(head).toMatch(/^X-Request-Id: [0-9a-f-]{36}\r$/m)
      expect(head).toMatch(/^Content-Type: application\/json; charset=utf-8\r$/m)
      expect(head).toContain(`\r\nContent-Length: ${body.length}\r\n`)
      expect(JSON.parse(body)).toEqual({ code, detail: expect.any(String) as string })
    })
  })

  /** All that comes until the connection ends. */
  function answerTo(text: string): Promise<string> {
    const { port } = gateway.application.getHttpServer().address() as AddressInfo
    return new Promise((answered, failed) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.setEncoding('utf8')
      socket.on('data', (more) => (answer += String(more)))
      socket.on('end', () => answered(answer))
      socket.on('error', failed)
    })
  }
})
