import { Controller, Inject, Module, type DynamicModule, type Type } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import type { Command, Context, RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventConsumers, QueryMessage, ServiceRuntime, UsageMessage } from '@billstream/event-sourcing-runtime'
import { answerWith, topics, type ReplyEnvelope } from '@billstream/messaging'

/** A service as its messages see it. */
export interface ServedService extends Pick<ServiceRuntime, 'definition' | 'command' | 'query' | 'usage'> {
  readonly consumers: Pick<EventConsumers, 'handle'>
}

type ReportFailure = (error: unknown) => void

/** The message handlers of one service; which transport brings the messages they do not know. */
@Module({})
export class ServiceHostModule {
  static forService(service: ServedService, onFailure: ReportFailure): DynamicModule {
    const { context, ingest } = service.definition
    const controllers = [messagesController(context, onFailure)]
    if (ingest) controllers.push(usageController(context, onFailure))
    return {
      module: ServiceHostModule,
      providers: [{ provide: serviceToken(context), useValue: service }],
      controllers,
    }
  }
}

function serviceToken(context: Context): string {
  return `billstream.service.${context}`
}

function messagesController(context: Context, onFailure: ReportFailure): Type {
  @Controller()
  class MessagesController {
    constructor(@Inject(serviceToken(context)) private readonly service: ServedService) {}

    @MessagePattern(topics.commands(context))
    command(@Payload() command: Command): Promise<ReplyEnvelope> {
      return answerWith(() => this.service.command(command), onFailure)
    }

    @MessagePattern(topics.queries(context))
    query(@Payload() query: QueryMessage): Promise<ReplyEnvelope> {
      return answerWith(() => this.service.query(query), onFailure)
    }

    @MessagePattern(topics.feed(context))
    events(@Payload() events: RecordedEvent[]): Promise<ReplyEnvelope> {
      return answerWith(() => this.service.consumers.handle(events), onFailure)
    }
  }
  return MessagesController
}

function usageController(context: Context, onFailure: ReportFailure): Type {
  @Controller()
  class UsageController {
    constructor(@Inject(serviceToken(context)) private readonly service: ServedService) {}

    @MessagePattern(topics.usage)
    ingest(@Payload() requests: UsageMessage[]): Promise<ReplyEnvelope> {
      return answerWith(() => this.service.usage(requests), onFailure)
    }
  }
  return UsageController
}
