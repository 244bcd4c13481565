import { createHash } from 'node:crypto'
import type { KeptAnswer, KeyedMark, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { addMinutes, addSeconds } from '@billstream/kernel'
import { PublicError } from '@billstream/platform'
import { scopeOf, type Caller } from '../authentication/caller'
import { openBody, sealBody } from './sealed-body'

export const IDEMPOTENCY_KEY_LENGTH_MAX = 255
/** The mark of a running request, renewed while it runs; an expired one is taken over. */
const LEASE_SECONDS = 30
const RENEW_EVERY_MS = 10_000
const KEEP_HOURS = 24

export interface Answer {
  readonly status: number
  readonly body: string
}

/** One request with an idempotency key. */
export interface KeyedRequest {
  readonly caller: Caller
  readonly key: string
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly body: Buffer
  /** The answer holds a secret. */
  readonly secret: boolean
}

type IdempotencyPorts = Pick<PlatformPorts, 'answers' | 'clock' | 'sleeper' | 'log'>

/** The first success of a key is kept for 24 hours and given again to the same request. Source: rules/boxbilling.md, section 2. */
export class Idempotency {
  constructor(private readonly ports: IdempotencyPorts) {}

  /** Throws PublicError 409 while the same key runs, 422 when it was used for another request, and what `run` throws. */
  async once(request: KeyedRequest, run: () => Promise<Answer>): Promise<Answer & { replayed: boolean }> {
    const { answers, clock } = this.ports
    const scope = scopeOf(request.caller)
    const mark = { key: request.key, fingerprint: fingerprintOf(request) }
    const now = clock.now()
    const begun = await answers.begin(scope, mark, now, addSeconds(now, LEASE_SECONDS))
    switch (begun.kind) {
      case 'begun':
        return { ...(await this.runAndKeep(request, { scope, mark }, run)), replayed: false }
      case 'kept':
        return { ...opened(begun.answer, request), replayed: true }
      case 'running':
        throw new PublicError(409, 'idempotency_key_in_flight', 'A request with this Idempotency-Key is running.', {
          retryAfterSeconds: 1,
        })
      case 'reused':
        throw reused()
    }
  }

  private async runAndKeep(
    request: KeyedRequest,
    { scope, mark }: { scope: string; mark: KeyedMark },
    run: () => Promise<Answer>,
  ): Promise<Answer> {
    const { answers, clock } = this.ports
    const done = new AbortController()
    void this.renewUntil(done.signal, scope, mark)
    try {
      const answer = await run()
      done.abort()
      await answers.keep(scope, mark, toKeep(answer, request), addMinutes(clock.now(), KEEP_HOURS * 60))
      return answer
    } catch (error) {
      done.abort()
      await this.forget(scope, mark)
      throw error
    }
  }

  /** The mark would expire by itself: that it could not be removed must not hide why the request failed. */
  private async forget(scope: string, mark: KeyedMark): Promise<void> {
    try {
      await this.ports.answers.forget(scope, mark)
    } catch (error) {
      this.ports.log.warn({ err: error }, 'The mark of a failed request was not removed.')
    }
  }

  private async renewUntil(done: AbortSignal, scope: string, mark: KeyedMark): Promise<void> {
    const { answers, clock, sleeper, log } = this.ports
    for (;;) {
      await sleeper.sleep(RENEW_EVERY_MS, done)
      if (done.aborted) return
      try {
        await answers.renew(scope, mark, addSeconds(clock.now(), LEASE_SECONDS))
      } catch (error) {
        log.warn({ err: error }, 'The mark of a running request was not renewed.')
      }
    }
  }
}

/** "Same" compares the method, the path with its query, and the raw body. */
function fingerprintOf({ method, url, body }: KeyedRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([method, url, createHash('sha256').update(body).digest('hex')]))
    .digest('hex')
}

function toKeep({ status, body }: Answer, { secret, caller, key }: KeyedRequest): KeptAnswer {
  return { status, body: secret ? sealBody(body, caller.credential, key) : body, sealed: secret }
}

function opened(kept: KeptAnswer, { caller, key }: KeyedRequest): Answer {
  if (!kept.sealed) return { status: kept.status, body: kept.body }
  const body = openBody(kept.body, caller.credential, key)
  if (body === undefined) throw reused()
  return { status: kept.status, body }
}

function reused(): PublicError {
  return new PublicError(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.', {
    problems: [
      {
        type: 'idempotency_key_reused',
        loc: ['header', 'Idempotency-Key'],
        msg: 'This key was used for another request.',
      },
    ],
  })
}
