import { diagnosePlatform } from './diagnose-platform'
import { askStore, diagnoseEventStore } from './diagnose-event-store'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const [AWAY, NO_URL] = ['kurrentdb://127.0.0.1:1?tls=false', 'kurrentdb://127.0.0.1:1?nonsense=1']
const diagnose = (eventStoreUrl?: string) =>
  diagnoseEventStore({ dataDir: '/nowhere', ...(eventStoreUrl !== undefined && { eventStoreUrl }) }, log)

describe('the doctor of a platform whose events lie in KurrentDB', () => {
  it('has a line for a server that is away, with what to do', async () => {
    const { findings, state } = await diagnose(AWAY)
    expect(state).toBe('away')
    expect(findings).toEqual([
      {
        ...{ about: 'KurrentDB', state: 'problem', todo: expect.stringContaining('Start KurrentDB') as string },
        seen: expect.stringMatching(/ECONNREFUSED.*[^:\s]$/) as string,
      },
    ])
    expect(findings[0]?.seen).not.toContain('Resolution note')
  })

  it('has a line for an address that cannot be used', async () => {
    const { findings, state } = await diagnose(NO_URL)
    expect(state).toBe('unusable')
    expect(findings).toMatchObject([{ about: 'KurrentDB', state: 'problem', todo: 'Correct EVENT_STORE_URL.' }])
  })

  it.each([
    ['with its version', () => Promise.resolve('26.1.1'), '26.1.1, answers'],
    ['also where it tells none', () => Promise.resolve(undefined), 'answers, but tells no version'],
    ['also where it may not be asked', () => Promise.reject(new Error('denied')), 'answers, but tells no version'],
  ])('has a line for a server that answers, %s', async (_, serverVersion, seen) => {
    const store = { head: () => Promise.resolve(1n), close: () => Promise.resolve(), serverVersion }
    expect(await askStore(store)).toMatchObject({
      findings: [{ about: 'KurrentDB', state: 'ok', seen }],
      state: 'answers',
    })
  })

  it('has one for each server where PostgreSQL and Kafka are away as well', async () => {
    const environment = {
      ...{ DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/c', SERVER_SECRET: 's'.repeat(32), DATA_DIR: '/nowhere' },
      ...{ EVENT_STORE_URL: AWAY, KAFKA_BROKERS: '127.0.0.1:1' },
    }
    const { findings, canOpen, storeAnswers } = await diagnosePlatform(environment, log)
    const problems = findings.filter(({ state }) => state === 'problem').map(({ about }) => about)
    expect({ problems, canOpen, storeAnswers }).toEqual({
      ...{ problems: ['Kafka', 'KurrentDB', 'PostgreSQL'], canOpen: false, storeAnswers: false },
    })
  })
})

describe('the doctor of a platform whose events lie in PostgreSQL', () => {
  it('says nothing of KurrentDB', async () => {
    expect(await diagnose()).toEqual({ findings: [], state: 'answers' })
  })
})
