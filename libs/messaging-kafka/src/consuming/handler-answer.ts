import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import type { MessageHandler } from '@nestjs/microservices'
import type { IHeaders } from 'kafkajs'
import { firstValueFrom, isObservable, type Observable } from 'rxjs'
import type { ReplyEnvelope } from '@billstream/messaging'

/** What an app's handler answers, in the trace that the message's headers carry. */
export async function answerOf(handler: MessageHandler, body: unknown, headers?: IHeaders): Promise<ReplyEnvelope> {
  const trace = propagation.extract(ROOT_CONTEXT, headers ?? {}, {
    keys: (carrier: IHeaders) => Object.keys(carrier),
    get: (carrier: IHeaders, key) => carrier[key]?.toString(),
  })
  const answer = (await context.with(trace, () => handler(body))) as ReplyEnvelope | Observable<ReplyEnvelope>
  return isObservable(answer) ? firstValueFrom(answer) : answer
}
