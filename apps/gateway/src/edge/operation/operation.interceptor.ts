import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import type { Reflector } from '@nestjs/core'
import type { FastifyReply } from 'fastify'
import { from, lastValueFrom, type Observable } from 'rxjs'
import { OPERATION, type ReadRequest } from './handles.decorator'
import type { Operation } from './operation'
import type { OperationRunner } from './operation-runner'

/** Puts the edge before every method that handles an operation; others pass. */
export class OperationInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly runner: OperationRunner,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = this.reflector.get<Operation | undefined>(OPERATION, context.getHandler())
    if (!operation) return next.handle()
    const http = context.switchToHttp()
    const handle = () => lastValueFrom(next.handle(), { defaultValue: undefined })
    return from(this.runner.run(operation, http.getRequest<ReadRequest>(), http.getResponse<FastifyReply>(), handle))
  }
}
