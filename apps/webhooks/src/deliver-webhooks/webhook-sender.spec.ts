import type { LookupFunction } from 'node:net'
import { Receiver } from '../../test/receiver'
import { HttpWebhookSender, RESPONSE_CHARACTERS_MAX } from './webhook-sender'

const PUBLIC_ONLY = { allowPrivate: false, allowLoopback: false }
const LOOPBACK = { allowPrivate: false, allowLoopback: true }
const body = '{"text":"Zürich 🏔"}'
const headers = { 'content-type': 'application/json', 'webhook-id': 'w1' }

let receiver: Receiver
let senders: HttpWebhookSender[]
beforeEach(async () => {
  receiver = await Receiver.start()
  senders = []
})
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.close()))
  await receiver.stop()
})

function send(url: string, targets = LOOPBACK, lookup?: LookupFunction, signal = new AbortController().signal) {
  const sender = new HttpWebhookSender(targets, lookup)
  senders.push(sender)
  return sender.send({ url, headers, body }, signal)
}

/** A name service that knows one address of every name. */
const pointingTo =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

describe('a receiver', () => {
  it('gets the bytes and the headers', async () => {
    expect(await send(receiver.url)).toEqual({ kind: 'answered', status: 204, body: '', retryAfter: undefined })
    expect(receiver.received).toMatchObject([{ body, headers }])
  })

  it.each([200, 410, 500])('answers %i', async (status) => {
    receiver.answers(status, { 'retry-after': '7' }, 'why')
    expect(await send(receiver.url)).toEqual({ kind: 'answered', status, body: 'why', retryAfter: '7' })
  })

  it('is not followed elsewhere', async () => {
    receiver.answers(302, { location: receiver.url })
    expect(await send(receiver.url)).toMatchObject({ status: 302 })
    expect(receiver.received).toHaveLength(1)
  })

  it('may answer as much as it likes: only the beginning is kept', async () => {
    receiver.answers(200, {}, '🏔'.repeat(1_000_000))
    const answer = await send(receiver.url)
    expect(answer).toMatchObject({ status: 200, body: '🏔'.repeat(RESPONSE_CHARACTERS_MAX) })
  })

  it('has answered once its status is there, also when the rest breaks off', async () => {
    receiver.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('begun')
      setImmediate(() => response.destroy())
    }
    expect(await send(receiver.url)).toMatchObject({ status: 200 })
  })

  it('that hangs up has not answered', async () => {
    receiver.answer = (request) => void request.socket.destroy()
    expect(await send(receiver.url)).toMatchObject({ kind: 'failed' })
  })

  it('that is not there has not answered', async () => {
    const { port } = receiver
    await receiver.stop()
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('ECONNREFUSED') as string,
    })
    receiver = await Receiver.start()
  })
})

describe('an address that is not allowed', () => {
  it('is not called as the URL has it', async () => {
    expect(await send(receiver.url, PUBLIC_ONLY)).toMatchObject({ kind: 'failed' })
    expect(receiver.received).toEqual([])
  })

  it.each(['127.0.0.1', '::ffff:127.0.0.1', '10.0.0.1', '169.254.169.254'])(
    'is not called when a public name points to it by now: %s',
    async (address) => {
      const answer = await send(`http://hooks.example.com:${receiver.port}/`, PUBLIC_ONLY, pointingTo(address))
      expect(answer).toMatchObject({ kind: 'failed', message: expect.stringContaining('not allowed') as string })
      expect(receiver.received).toEqual([])
    },
  )

  it('is left out where a name has others', async () => {
    const lookup = pointingTo('10.0.0.1', '127.0.0.1')
    expect(await send(`http://hooks.example.com:${receiver.port}/`, LOOPBACK, lookup)).toMatchObject({ status: 204 })
  })

  it('is not called by redirect', async () => {
    receiver.answers(307, { location: 'http://169.254.169.254/latest/meta-data' })
    expect(await send(receiver.url)).toMatchObject({ status: 307 })
  })
})

describe('a name that nobody knows', () => {
  it('is a failure', async () => {
    const unknown: LookupFunction = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), '')
    expect(await send('http://nowhere.example/', LOOPBACK, unknown)).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('ENOTFOUND') as string,
    })
  })
})

describe('a sender that is stopped', () => {
  it('gives no answer: nobody knows what came of it', async () => {
    const stop = new AbortController()
    receiver.answer = () => stop.abort()
    await expect(send(receiver.url, LOOPBACK, undefined, stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })
})
