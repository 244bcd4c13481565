import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { log } from '../test/kurrent-samples'
import { isKurrentUrl, openKurrentEventStore } from './open-kurrent-event-store'

/** Nothing listens on the port of discarded packets. */
const NOWHERE = '127.0.0.1:9?tls=false'

describe('the URL of a KurrentDB', () => {
  it.each([
    `kurrentdb://${NOWHERE}`,
    `esdb://${NOWHERE}`,
    'kurrentdb+discover://cluster.example.com',
    'esdb+discover://admin:changeit@cluster.example.com:2113/?keepAliveInterval=10000&nodePreference=leader',
    'kurrentdb://one:2113,two:2113,three:2113?tls=true&tlsVerifyCert=false',
  ])('%p is taken', async (url) => {
    expect(isKurrentUrl(url)).toBe(true)
    await openKurrentEventStore({ url, log }).close()
  })

  it.each([
    ['kurrentdb://', 'has the form'],
    ['kurrentdb://admin:pass-word@', 'has the form'],
    ['kurrentdb://admin:pass-word@host:port', 'has the form'],
    ['kurrentdb://admin:pass-word@host name', 'has the form'],
    ['kurrentdb://admin:pass-word@host?tls', 'options or certificate files'],
    ['kurrentdb://admin:pass-word@host?tls=perhaps', 'options or certificate files'],
    ['kurrentdb://admin:pass-word@host?tlsCAFile=/no/such/file', 'options or certificate files'],
    ['kurrentdb://admin:pass-word@host?password=pass-word&tls=false', 'unknown options: password'],
    ['kurrentdb://admin:pass-word@host?tls=false', 'tls=false, with which user and password do nothing'],
    ['kurrentdb://host?tls=false&tlsCAFile=/ca.pem', 'tls=false, with which tlsCAFile do nothing'],
  ])('%p is refused without a word of the password', (url, reason) => {
    const said = jest.spyOn(console, 'warn').mockImplementation()
    let message = ''
    try {
      openKurrentEventStore({ url, log })
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain(reason)
    expect(message).not.toContain('pass-word')
    expect(said).not.toHaveBeenCalled()
    said.mockRestore()
  })

  it('of another store is none of ours', () => {
    expect(isKurrentUrl('postgresql://localhost/billstream')).toBe(false)
  })

  it('of a server that is away gives a store that is unavailable', async () => {
    const store = openKurrentEventStore({ url: `kurrentdb://${NOWHERE}`, log })
    await expect(store.head()).rejects.toThrow(StoreUnavailable)
    await store.close()
  })
})
