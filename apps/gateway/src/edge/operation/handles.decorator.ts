import { Req, RequestMapping, RequestMethod, Res, SetMetadata } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TObject, TSchema } from '@sinclair/typebox'
import type { Access, AnswerOf, InputOf, Operation } from './operation'
import type { OperationRunner } from './operation-runner'

export const OPERATION = Symbol('operation')

declare module 'fastify' {
  interface FastifyInstance {
    readonly operations: OperationRunner
  }
}

/**
 * Makes a controller's method serve an operation: it gets the read input and gives the answer's body, both typed by it. The edge
 * stands around the method itself: Nest's interceptors would cost each request several observables and async resources.
 */
export function Handles<A extends Access, P extends TObject, Q extends TObject, B extends TSchema, R extends TSchema>(
  operation: Operation<A, P, Q, B, R>,
) {
  type Input = InputOf<Operation<A, P, Q, B, R>>
  type Handler = (input: Input) => Promise<AnswerOf<Operation<A, P, Q, B, R>>>
  return (target: object, name: string, descriptor: { value?: Handler }): void => {
    const handler = descriptor.value as Handler
    const served: PropertyDescriptor = Object.assign(descriptor as PropertyDescriptor, {
      value(this: unknown, request: FastifyRequest, reply: FastifyReply) {
        const handle = (input: unknown) => handler.call(this, input as Input)
        return request.server.operations.run(operation, { request, reply, handle })
      },
    })
    RequestMapping({ path: routeOf(operation.path), method: RequestMethod[operation.method] })(target, name, served)
    SetMetadata(OPERATION, operation)(target, name, served)
    Req()(target, name, 0)
    Res({ passthrough: true })(target, name, 1)
  }
}

/** `/v1/plans/{plan_id}` as the router writes it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
