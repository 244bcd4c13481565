import { Server, type CustomTransportStrategy } from '@nestjs/microservices'
import { firstValueFrom, isObservable, type Observable } from 'rxjs'
import type { ReplyEnvelope } from '@billstream/messaging'
import type { InProcessBus } from './in-process-bus'

/** The in-process transport as a Nest microservice strategy: every message pattern of the apps is served on the bus. */
export class InProcessStrategy extends Server implements CustomTransportStrategy {
  constructor(private readonly bus: InProcessBus) {
    super()
  }

  listen(callback: () => void): void {
    for (const [topic, handler] of this.messageHandlers) {
      this.bus.serve(topic, async (message) => {
        const answer = (await handler(message)) as ReplyEnvelope | Observable<ReplyEnvelope>
        return isObservable(answer) ? firstValueFrom(answer) : answer
      })
    }
    callback()
  }

  close(): void {
    // Nothing is open: the bus lives and dies with its process.
  }

  on(): never {
    throw new Error('The in-process transport has no connection events.')
  }

  unwrap<T>(): T {
    return this.bus as T
  }
}
