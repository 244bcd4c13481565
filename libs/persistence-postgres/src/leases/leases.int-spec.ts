import { Client } from 'pg'
import { leasesConformance } from '@billstream/event-sourcing-runtime/conformance'
import { silent, useTestPorts } from '../../test/use-test-ports'
import { PostgresLeases } from './postgres-leases'

const role = 'relay'

describe('leases in PostgreSQL', () => {
  const under = useTestPorts()

  /** A program of its own: its leases and the sessions that it opened. */
  function program(): { leases: PostgresLeases; sessions: Client[] } {
    const sessions: Client[] = []
    const connect = async () => {
      const client = await under().database.dedicatedClient('leases')
      sessions.push(client)
      return client
    }
    return { leases: new PostgresLeases(connect, silent), sessions }
  }

  /** What an administrator or a crash of the server does to every session that holds a role. */
  const endSessions = async () => {
    const administrator = new Client({ connectionString: under().connectionString })
    await administrator.connect()
    await administrator.query(
      `select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
    )
    await administrator.end()
  }

  leasesConformance('PostgreSQL', async () => {
    const [one, another] = [program(), program()]
    return { one: one.leases, another: another.leases, lose: endSessions }
  })

  describe('a program that holds several roles', () => {
    it('opens one session for all, and closes it when the last is given back', async () => {
      const { leases, sessions } = program()
      const stop = new AbortController()
      let begun = 0
      const held = ['a', 'b', 'c'].map((name) =>
        leases.hold(name, stop.signal, async (signal) => {
          begun += 1
          if (begun === 3) stop.abort()
          await ended(signal)
        }),
      )
      await Promise.all(held)
      expect(begun).toBe(3)
      expect(sessions).toHaveLength(1)
      await new Promise((resolve) => (sessions[0] as Client).once('end', resolve))
    })

    it('loses all of them with the session, and wins them again in a new one', async () => {
      const { leases, sessions } = program()
      const stop = new AbortController()
      const begins = { a: 0, b: 0 }
      const held = (['a', 'b'] as const).map((name) =>
        leases.hold(name, stop.signal, async (signal) => {
          begins[name] += 1
          if (begins.a === 1 && begins.b === 1) await endSessions()
          if (begins.a === 2 && begins.b === 2) stop.abort()
          await ended(signal)
        }),
      )
      await Promise.all(held)
      expect(begins).toEqual({ a: 2, b: 2 })
      expect(sessions).toHaveLength(2)
    })
  })

  describe('a program that hangs', () => {
    it('loses its role, which another one takes over', async () => {
      const hanging = program()
      const stop = new AbortController()
      const begun = new Promise<AbortSignal>((resolve) => {
        void hanging.leases.hold(role, stop.signal, async (signal) => {
          resolve(signal)
          await ended(signal)
        })
      })
      await begun
      const [session] = hanging.sessions as [Client]
      // Nothing that it says reaches the server any more, and nothing that the server says reaches it.
      jest.spyOn(session, 'query').mockReturnValue(new Promise<never>(() => undefined) as never)
      await program().leases.hold(role, new AbortController().signal, () => Promise.resolve())
      await ended(await begun)
      stop.abort()
    })
  })

  describe('a server that cannot be reached', () => {
    it('is asked again until it can', async () => {
      let tries = 0
      const connect = () => {
        tries += 1
        if (tries < 3) return Promise.reject(new Error('not yet'))
        return under().database.dedicatedClient('leases')
      }
      await new PostgresLeases(connect, silent).hold(role, new AbortController().signal, () => Promise.resolve())
      expect(tries).toBe(3)
    })

    it('does not keep one who stops waiting', async () => {
      const stop = new AbortController()
      const leases = new PostgresLeases(() => {
        stop.abort()
        return Promise.reject(new Error('away'))
      }, silent)
      let begins = 0
      await leases.hold(role, stop.signal, () => Promise.resolve(void (begins += 1)))
      expect(begins).toBe(0)
    })
  })
})

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}
