import { Catch, HttpStatus, NotFoundException, type ArgumentsHost } from '@nestjs/common'
import type { Log } from '@billstream/event-sourcing-runtime'
import { FailureFilter, PublicError, type PresentError } from '@billstream/platform'
import type { FastifyRequest } from 'fastify'
import type { RouteTable } from './route-table'

/** Answers what is thrown; a path that is known with other methods only is 405. */
@Catch()
export class EdgeFilter extends FailureFilter {
  constructor(
    log: Log,
    present: PresentError,
    private readonly routes: RouteTable,
  ) {
    super(log, present)
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    super.catch(this.withMethods(error, host.switchToHttp().getRequest<FastifyRequest>()), host)
  }

  private withMethods(error: unknown, request: FastifyRequest): unknown {
    if (!(error instanceof NotFoundException)) return error
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '')
    if (methods.length === 0)
      return new PublicError(HttpStatus.NOT_FOUND, 'not_found', 'There is nothing at this path.')
    return new PublicError(
      HttpStatus.METHOD_NOT_ALLOWED,
      'method_not_allowed',
      'This path does not take this method.',
      {
        headers: { allow: methods.join(', ') },
      },
    )
  }
}
