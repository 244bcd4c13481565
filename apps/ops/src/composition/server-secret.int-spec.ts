import { openPostgresPlatform } from '@billstream/hosting'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { diagnosePlatform } from './diagnose-platform'
import { openPlatform } from './open-platform'
import { readOpsSettings } from './settings'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const secret = 's'.repeat(32)

describe('a platform that has sealed something', () => {
  let database: TestDatabase
  const environment = (serverSecret: string) => ({
    ...{ DATABASE_URL: database.connectionString, DATA_DIR: '/nowhere', SERVER_SECRET: serverSecret },
  })
  const opened = async (serverSecret: string) => {
    const platform = await openPlatform(readOpsSettings(environment(serverSecret)), log)
    await platform.close()
    return 'opened'
  }
  beforeAll(async () => {
    database = await createTestDatabase()
    const { connectionString } = database
    const platform = await openPostgresPlatform({ connectionString, serverSecret: secret, poolMax: 2 }, log)
    await platform.ports.personKeys.ensure('acme', 'customer-1')
    await platform.close()
  })
  afterAll(() => database.drop())

  it('is opened under its own secret, and under no other', async () => {
    expect(await opened(secret)).toBe('opened')
    await expect(opened('w'.repeat(32))).rejects.toMatchObject({
      ...{ outcome: 'wrong_usage', message: expect.stringMatching(/^SERVER_SECRET: /) as string },
    })
  })

  it('does not start under another', async () => {
    const { connectionString } = database
    const started = openPostgresPlatform({ connectionString, serverSecret: 'w'.repeat(32), poolMax: 2 }, log)
    await expect(started).rejects.toThrow(/^SERVER_SECRET is another one/)
  })

  it('has a doctor who tries the secret', async () => {
    const finding = async (serverSecret: string) => {
      const { findings, canOpen } = await diagnosePlatform(environment(serverSecret), log)
      return { canOpen, state: findings.find(({ about }) => about === 'SERVER_SECRET')?.state }
    }
    expect(await finding(secret)).toEqual({ canOpen: true, state: 'ok' })
    expect(await finding('w'.repeat(32))).toEqual({ canOpen: false, state: 'problem' })
  })
})
