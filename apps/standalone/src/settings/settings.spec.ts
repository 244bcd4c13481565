import { SettingsInvalid } from '@billstream/hosting'
import { readSettings } from './settings'

describe('settings', () => {
  describe('of an empty environment', () => {
    it('are those of one machine', () => {
      expect(readSettings({})).toMatchObject({
        port: 3000,
        host: '127.0.0.1',
        demo: 'on',
        loopback: true,
        webhookTargets: { allowPrivate: false, allowLoopback: true },
        rateLimits: { ingestPerMinute: 300_000, apiPerMinute: 6_000, portalPerMinute: 300, loginPer5Minutes: 10 },
      })
    })
  })

  describe('that are wrong', () => {
    it('are all named at once', () => {
      const bad = {
        PORT: 'http',
        ADMIN_SECRET: 'short',
        BOOTSTRAP_API_KEY: 'x',
        DATABASE_URL: 'mysql://x',
        DEMO: 'maybe',
      }
      expect(problemsOf(bad).map((problem) => problem.split(':')[0])).toEqual(
        expect.arrayContaining(['PORT', 'ADMIN_SECRET', 'BOOTSTRAP_API_KEY', 'DATABASE_URL', 'DEMO']),
      )
    })

    it('name npm run services where Kafka is meant', () => {
      expect(problemsOf({ KAFKA_BROKERS: 'localhost:9092' })[0]).toContain('npm run services')
    })
  })

  describe('of a server that others can reach', () => {
    it('demand every secret', () => {
      expect(problemsOf({ HOST: '0.0.0.0' }).map((problem) => problem.split(':')[0])).toEqual([
        'ADMIN_SECRET',
        'SERVER_SECRET',
      ])
    })

    it('refuse private webhook targets', () => {
      const secret = 'x'.repeat(32)
      expect(readSettings({ HOST: '0.0.0.0', ADMIN_SECRET: secret, SERVER_SECRET: secret }).webhookTargets).toEqual({
        allowPrivate: false,
        allowLoopback: false,
      })
    })
  })
})

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment)
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems
    throw error
  }
  return []
}
