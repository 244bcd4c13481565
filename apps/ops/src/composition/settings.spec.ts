import { CommandEnded } from '../console/outcome'
import { readOpsSettings, withoutPassword } from './settings'

const elsewhere = { DATA_DIR: '/nowhere' }
const refusalOf = (environment: Record<string, string>) => {
  try {
    readOpsSettings({ ...elsewhere, ...environment })
    return undefined
  } catch (error) {
    if (error instanceof CommandEnded) return { outcome: error.outcome, message: error.message }
    throw error
  }
}

describe('an address in the settings', () => {
  it.each([
    { DATABASE_URL: 'postgres://u:secret@h:notaport/db' },
    { DATABASE_URL: 'mysql://u:secret@h/db' },
    { EVENT_STORE_URL: 'secret' },
    { EVENT_STORE_URL: 'https://u:secret@h:2113' },
  ])('that cannot be one is refused by the name of the setting, without its password: %j', (environment) => {
    const refusal = refusalOf(environment)
    expect(refusal).toMatchObject({
      outcome: 'wrong_usage',
      message: expect.stringMatching(/^(DATABASE|EVENT_STORE)_URL: /) as string,
    })
    expect(refusal?.message).not.toContain('secret')
  })

  it.each([
    { DATABASE_URL: 'postgresql://u:p@h:5432/db?host=/var/run/postgresql' },
    { EVENT_STORE_URL: 'kurrentdb://one:2113,two:2113?tls=true' },
    { EVENT_STORE_URL: 'esdb+discover://admin:changeit@cluster.example.com:2113' },
  ])('that the platform takes is taken: %j', (environment) => expect(refusalOf(environment)).toBeUndefined())

  it.each([
    ['postgres://u:secret@h:5432/db', 'postgres://u:***@h:5432/db'],
    ['postgres://u:secr@et@h/db', 'postgres://u:***@h/db'],
    ['postgres://h/db?user=u&password=secret&x=1', 'postgres://h/db?user=u&password=***&x=1'],
    ['kurrentdb://admin:secret@one:2113,two:2113', 'kurrentdb://admin:***@one:2113,two:2113'],
    ['postgres://h/db', 'postgres://h/db'],
  ])('is shown without its password: %s', (address, shown) => expect(withoutPassword(address)).toBe(shown))
})
