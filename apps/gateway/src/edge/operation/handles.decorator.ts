import { createParamDecorator, RequestMapping, RequestMethod, SetMetadata, type ExecutionContext } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import type { TObject, TSchema } from '@sinclair/typebox'
import type { Access, AnswerOf, InputOf, Operation } from './operation'

export const OPERATION = Symbol('operation')

/** The request with what the edge has read of it. */
export type ReadRequest = FastifyRequest & { operationInput?: unknown }

const Input = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  return context.switchToHttp().getRequest<ReadRequest>().operationInput
})

/** Makes a controller's method serve an operation: it gets the read input and gives the answer's body, both typed by it. */
export function Handles<A extends Access, P extends TObject, Q extends TObject, B extends TSchema, R extends TSchema>(
  operation: Operation<A, P, Q, B, R>,
) {
  type Handler = (input: InputOf<Operation<A, P, Q, B, R>>) => Promise<AnswerOf<Operation<A, P, Q, B, R>>>
  return (target: object, name: string, descriptor: { readonly value?: Handler }): void => {
    RequestMapping({ path: routeOf(operation.path), method: RequestMethod[operation.method] })(
      target,
      name,
      descriptor as PropertyDescriptor,
    )
    SetMetadata(OPERATION, operation)(target, name, descriptor as PropertyDescriptor)
    Input()(target, name, 0)
  }
}

/** `/v1/plans/{plan_id}` as the router writes it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
