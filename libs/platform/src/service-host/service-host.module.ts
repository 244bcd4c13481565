import { Controller, Inject, Module, type DynamicModule, type Type } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import type { Command, Context, RecordedEvent } from '@billstream/event-sourcing-core'
import type { QueryMessage, ServiceRuntime, UsageMessage } from '@billstream/event-sourcing-runtime'
import { answerWith, topics, type ReplyEnvelope } from '@billstream/messaging'

type ReportFailure = (error: unknown) => void

/** The message handlers of one service; which transport brings the messages they do not know. */
@Module({})
export class ServiceHostModule {
  static forService(runtime: ServiceRuntime, onFailure: ReportFailure): DynamicModule {
    const { context } = runtime.definition
    const controllers = [messagesController(context, onFailure)]
    if (runtime.definition.ingest) controllers.push(usageController(context, onFailure))
    return {
      module: ServiceHostModule,
      providers: [{ provide: runtimeToken(context), useValue: runtime }],
      controllers,
    }
  }
}

function runtimeToken(context: Context): string {
  return `billstream.service.${context}`
}

function messagesController(context: Context, onFailure: ReportFailure): Type {
  @Controller()
  class MessagesController {
    constructor(@Inject(runtimeToken(context)) private readonly runtime: ServiceRuntime) {}

    @MessagePattern(topics.commands(context))
    command(@Payload() command: Command): Promise<ReplyEnvelope> {
      return answerWith(() => this.runtime.command(command), onFailure)
    }

    @MessagePattern(topics.queries(context))
    query(@Payload() query: QueryMessage): Promise<ReplyEnvelope> {
      return answerWith(() => this.runtime.query(query), onFailure)
    }

    @MessagePattern(topics.feed(context))
    events(@Payload() events: RecordedEvent[]): Promise<ReplyEnvelope> {
      return answerWith(() => this.runtime.consumers.handle(events), onFailure)
    }
  }
  return MessagesController
}

function usageController(context: Context, onFailure: ReportFailure): Type {
  @Controller()
  class UsageController {
    constructor(@Inject(runtimeToken(context)) private readonly runtime: ServiceRuntime) {}

    @MessagePattern(topics.usage)
    ingest(@Payload() requests: UsageMessage[]): Promise<ReplyEnvelope> {
      return answerWith(() => this.runtime.usage(requests), onFailure)
    }
  }
  return UsageController
}
