import { createParamDecorator, RequestMapping, RequestMethod, SetMetadata, type ExecutionContext } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import type { AnswerOf, InputOf, Operation } from './operation'

export const OPERATION = Symbol('operation')

/** The request with what the edge has read of it. */
export type ReadRequest = FastifyRequest & { operationInput?: unknown }

const Input = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  return context.switchToHttp().getRequest<ReadRequest>().operationInput
})

type Handler<Op> = (input: InputOf<Op>) => Promise<AnswerOf<Op>>

/** Makes a controller's method serve an operation: it gets the read input and gives the answer's body, both typed by it. */
export function Handles<Op extends Operation>(operation: Op) {
  return (target: object, name: string, descriptor: TypedPropertyDescriptor<Handler<Op>>): void => {
    RequestMapping({ path: routeOf(operation.path), method: RequestMethod[operation.method] })(target, name, descriptor)
    SetMetadata(OPERATION, operation)(target, name, descriptor)
    Input()(target, name, 0)
  }
}

/** `/v1/plans/{plan_id}` as the router writes it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
