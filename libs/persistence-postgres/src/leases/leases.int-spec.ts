import { Client } from 'pg'
import { leasesConformance } from '@billstream/event-sourcing-runtime/conformance'
import { silent, useTestPorts } from '../../test/use-test-ports'
import { ANSWER_TIMEOUT_MS, LOOK_EVERY_MS, SILENCE_MAX_MS } from './lease-session'
import { PostgresLeases } from './postgres-leases'

const role = 'relay'
/** What is promised of everything that exists once. */
const TAKEN_OVER_WITHIN_MS = 5_000

const SILENCE_UNTIL_FREE = `
  create function pg_temp.silence_until_free(session int) returns float8 language plpgsql as $$
  declare
    last_word timestamptz := (select state_change from pg_stat_activity where pid = session);
  begin
    while exists (select from pg_locks where pid = session and locktype = 'advisory') loop
      perform pg_sleep(0.01);
    end loop;
    return extract(epoch from clock_timestamp() - last_word) * 1000;
  end $$`

describe('the times of a lease', () => {
  it('let another look for it once more, after a holder fell silent, within what is promised', () =>
    expect(SILENCE_MAX_MS + LOOK_EVERY_MS).toBeLessThan(TAKEN_OVER_WITHIN_MS))

  it('let a holder that is cut off know it before another can have the role', () =>
    expect(LOOK_EVERY_MS + ANSWER_TIMEOUT_MS).toBeLessThan(SILENCE_MAX_MS))
})

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

  /** Holds the role; then nothing that it says reaches the server any more, and nothing that the server says reaches it. */
  async function hangingHolder(): Promise<{ hold: AbortSignal; sessionId: number; stop: AbortController }> {
    const { leases, sessions } = program()
    const stop = new AbortController()
    const hold = await new Promise<AbortSignal>((resolve) => {
      void leases.hold(role, stop.signal, async (signal) => {
        resolve(signal)
        await ended(signal)
      })
    })
    const [session] = sessions as [Client]
    const { rows } = await session.query<{ id: number }>('select pg_backend_pid() as id')
    jest.spyOn(session, 'query').mockReturnValue(new Promise<never>(() => undefined) as never)
    return { hold, sessionId: rows[0]?.id ?? 0, stop }
  }

  /** From the last word of a session until its locks are free, in milliseconds; looked at and measured in the database. */
  async function silenceUntilFree(sessionId: number): Promise<number> {
    const administrator = new Client({ connectionString: under().connectionString })
    await administrator.connect()
    await administrator.query(SILENCE_UNTIL_FREE)
    const { rows } = await administrator.query<{ ms: number }>('select pg_temp.silence_until_free($1) as ms', [
      sessionId,
    ])
    await administrator.end()
    return rows[0]?.ms ?? Number.NaN
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
      const hanging = await hangingHolder()
      await program().leases.hold(role, new AbortController().signal, () => Promise.resolve())
      await ended(hanging.hold)
      hanging.stop.abort()
    })

    it('has lost it by the clock of the database when it is promised to, and not before it can know', async () => {
      const hanging = await hangingHolder()
      const silentMs = await silenceUntilFree(hanging.sessionId)
      expect(silentMs).toBeGreaterThan(LOOK_EVERY_MS + ANSWER_TIMEOUT_MS)
      expect(silentMs).toBeLessThan(TAKEN_OVER_WITHIN_MS)
      hanging.stop.abort()
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
