import { Metrics } from '@billstream/platform'
import { startHealthServer } from '../process/health-server'
import { metricsAccessInside } from './open-signals'

const TOKEN = 't'.repeat(32)
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

async function statusOf(healthHost: string, metricsToken?: string, authorization?: string): Promise<number> {
  const signals = { traceShare: 1, ...(metricsToken !== undefined && { metricsToken }) }
  const access = metricsAccessInside({ signals, healthHost })
  const inside = { isReady: () => Promise.resolve(true), metrics: new Metrics(silent), access }
  const server = await startHealthServer({ host: healthHost, port: 0 }, inside)
  try {
    const { port } = new URL(server.address)
    const headers = authorization === undefined ? {} : { authorization }
    return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status
  } finally {
    await server.close()
  }
}

describe('metrics on the port of /health', () => {
  it.each([
    ['on loopback', '127.0.0.1', undefined, undefined, 200],
    ['on every address', '0.0.0.0', undefined, undefined, 404],
    ['on every address, with another token', '0.0.0.0', TOKEN, `Bearer ${'x'.repeat(32)}`, 401],
    ['on every address, with the token', '0.0.0.0', TOKEN, `Bearer ${TOKEN}`, 200],
    ['on loopback, without the token that there is', '127.0.0.1', TOKEN, undefined, 401],
  ])('%s', async (_, host, token, authorization, status) =>
    expect(await statusOf(host, token, authorization)).toBe(status),
  )
})
