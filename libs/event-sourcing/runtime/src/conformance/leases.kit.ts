import type { Leases } from '../ports/leases.port'

/** Two programs that share the roles. `lose` breaks what holds the role, as a lost connection does. */
export interface LeasesUnderTest {
  readonly one: Leases
  readonly another: Leases
  lose(role: string): Promise<void>
}

const role = 'timers:invoicing'

/** Work that ends when its signal aborts, as every loop under a lease does. */
class Holder {
  readonly stop = new AbortController()
  readonly ended: Promise<void>
  private readonly begun: AbortSignal[] = []
  private readonly watching = new Set<() => void>()

  constructor(leases: Leases, name: string = role) {
    this.ended = leases.hold(name, this.stop.signal, (signal) => {
      this.begun.push(signal)
      for (const look of this.watching) look()
      return untilAborted(signal)
    })
  }

  begins(): number {
    return this.begun.length
  }

  /** The signal of the n-th hold, once it has begun. */
  hold(n = 1): Promise<AbortSignal> {
    return new Promise((resolve) => {
      const look = () => {
        const signal = this.begun[n - 1]
        if (signal) resolve(signal)
      }
      this.watching.add(look)
      look()
    })
  }

  async end(): Promise<void> {
    this.stop.abort()
    await this.ended
  }
}

/** What every adapter of Leases must do. `make` gives one whose roles are free. */
export function leasesConformance(name: string, make: () => Promise<LeasesUnderTest>): void {
  describe(`leases: ${name}`, () => {
    let subject: LeasesUnderTest
    beforeEach(async () => {
      subject = await make()
    })
    waiting(() => subject)
    ending(() => subject)
    losing(() => subject)
  })
}

function waiting(given: () => LeasesUnderTest): void {
  describe('a role that is held', () => {
    it('is given to the next when the holder stops', async () => {
      const first = new Holder(given().one)
      await first.hold()
      const next = [new Holder(given().another), new Holder(given().one)]
      await first.end()
      await Promise.race(next.map((holder) => holder.hold()))
      expect(next.map((holder) => holder.begins()).sort()).toEqual([0, 1])
      await Promise.all(next.map((holder) => holder.end()))
    })

    it('is seen to be held, by everybody, until it is given back', async () => {
      const { one, another } = given()
      const seen = () => Promise.all([one.isHeld(role), another.isHeld(role), another.isHeld('relay')])
      expect(await seen()).toEqual([false, false, false])
      const holder = new Holder(one)
      await holder.hold()
      expect(await seen()).toEqual([true, true, false])
      await holder.end()
      expect(await seen()).toEqual([false, false, false])
    })

    it('leaves other roles alone', async () => {
      const { one, another } = given()
      const holders = [new Holder(one), new Holder(another, 'timers:webhooks'), new Holder(one, 'relay')]
      await Promise.all(holders.map((holder) => holder.hold()))
      await Promise.all(holders.map((holder) => holder.end()))
    })

    it('is not given to who has stopped waiting', async () => {
      const first = new Holder(given().one)
      await first.hold()
      const waiting = [new Holder(given().another), new Holder(given().one)]
      await Promise.all(waiting.map((holder) => holder.end()))
      await first.end()
      expect(waiting.map((holder) => holder.begins())).toEqual([0, 0])
    })

    it('is held by one at a time, whoever comes and goes', async () => {
      let holders = 0
      let most = 0
      const visits = Array.from({ length: 8 }, (_, index) =>
        (index % 2 ? given().one : given().another).hold(role, neverStopped(), async () => {
          most = Math.max(most, (holders += 1))
          await new Promise((resolve) => setImmediate(resolve))
          holders -= 1
        }),
      )
      await Promise.all(visits)
      expect(most).toBe(1)
    })
  })
}

function ending(given: () => LeasesUnderTest): void {
  describe('a hold', () => {
    it('aborts its signal when it is stopped', async () => {
      const holder = new Holder(given().one)
      const signal = await holder.hold()
      expect(signal.aborted).toBe(false)
      await holder.end()
      expect(signal.aborted).toBe(true)
      expect(holder.begins()).toBe(1)
    })

    it('never begins when it is stopped before', async () => {
      let begins = 0
      await given().one.hold(role, AbortSignal.abort(), async () => {
        begins += 1
      })
      expect(begins).toBe(0)
    })

    it('gives the role back when its work ends by itself', async () => {
      await given().one.hold(role, neverStopped(), () => Promise.resolve())
      await given().another.hold(role, neverStopped(), () => Promise.resolve())
    })

    it('gives the role back and rejects when its work throws', async () => {
      const broken = given().one.hold(role, neverStopped(), () => Promise.reject(new Error('broken')))
      await expect(broken).rejects.toThrow('broken')
      await given().another.hold(role, neverStopped(), () => Promise.resolve())
    })

    it('ends well when its work throws because it was stopped', async () => {
      const stop = new AbortController()
      const held = given().one.hold(role, stop.signal, async (signal) => {
        stop.abort()
        signal.throwIfAborted()
      })
      await expect(held).resolves.toBeUndefined()
    })
  })
}

function losing(given: () => LeasesUnderTest): void {
  describe('a hold that is lost', () => {
    it('aborts its work, then waits again', async () => {
      const holder = new Holder(given().one)
      const signal = await holder.hold()
      const next = new Holder(given().another)
      await given().lose(role)
      await untilAborted(signal)
      await Promise.race([holder.hold(2), next.hold()])
      await next.end()
      await holder.hold(2)
      await holder.end()
    })

    it('is won again by a lone holder, even if its work threw', async () => {
      let begins = 0
      await given().one.hold(role, neverStopped(), async (signal) => {
        begins += 1
        if (begins === 2) return
        await given().lose(role)
        await untilAborted(signal)
        throw new Error('the connection is gone')
      })
      expect(begins).toBe(2)
    })
  })
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}

function neverStopped(): AbortSignal {
  return new AbortController().signal
}
