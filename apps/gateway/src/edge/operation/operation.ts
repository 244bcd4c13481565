import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import type { Instant, Refusal, Uuid } from '@billstream/kernel'
import type { PublicError } from '@billstream/platform'
import type { AdminCaller, KeyCaller } from '../authentication/caller'
import { compileValidator, type Validator } from '../schema/validator'
import type { Reply } from './reply'

/** Who may call: the holder of an API key, of the admin secret, or anybody. */
export type Access = 'key' | 'admin' | 'public'
type CallerOf<A extends Access> = A extends 'key' ? KeyCaller : A extends 'admin' ? AdminCaller : undefined

/** One public API: its documents, and how it tells errors. */
export interface PublicApi {
  /** Names its document: `dist/openapi/<name>.json`. */
  readonly name: string
  readonly title: string
  readonly version: string
  /** A refusal of the core with this API's status, which may depend on what the operation declares. */
  errorOf(refusal: Refusal, operation: Pick<Operation, 'errors' | 'method'>): PublicError
  /** The body of an error. */
  presentError(error: PublicError): string
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface OperationSpec<
  A extends Access = Access,
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  readonly method: Method
  /** Parameters in braces; collections end with a slash, and are served without it too. */
  readonly path: string
  readonly tag?: string
  readonly summary: string
  /** `key` by default. */
  readonly access?: A
  /** Counted as ingestion instead of as any other call. */
  readonly ingestion?: boolean
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Absent: no body is answered. */
  readonly response?: R
  readonly status: number
  /** The error statuses that this API declares for the operation. */
  readonly errors: readonly number[]
  /** A list: `X-Total-Count` is sent. */
  readonly list?: boolean
  /** Its answer holds a secret: a kept one is sealed. */
  readonly secret?: boolean
}

/** An operation as the edge runs it: one declaration is route, validation, document and type. */
export interface Operation<
  A extends Access = Access,
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> extends OperationSpec<A, P, Q, B, R> {
  readonly api: PublicApi
  readonly access: A
  readonly validators: {
    readonly params: Validator<P>
    readonly query: Validator<Q>
    readonly body?: Validator<B>
  }
}

/** What the edge knows of one call beside its input. */
export interface Call {
  readonly correlationId: Uuid
  /** v5 of (organization, idempotency key, method, path), else new: every id that the call makes is derived from it. */
  readonly commandId: Uuid
  readonly idempotencyKey?: string
  /** Real time. */
  readonly receivedAt: Instant
}

/** What a controller's method gets. */
interface OperationInput<P = unknown, Q = unknown, B = unknown, C = unknown> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly caller: C
  readonly call: Call
}

export type InputOf<Op> =
  Op extends Operation<infer A, infer P, infer Q, infer B, TSchema>
    ? OperationInput<Static<P>, Static<Q>, Static<B>, CallerOf<A>>
    : never
type BodyOf<Op> = Op extends Operation<Access, TObject, TObject, TSchema, infer R> ? Static<R> : never
/** What a controller's method answers: the body, or a reply with headers. */
export type AnswerOf<Op> = BodyOf<Op> | Reply<BodyOf<Op>>

type None = TObject<Record<never, TSchema>>
const NONE: None = Type.Object({})

/** Declares operations of one API. */
export function operationsOf(api: PublicApi) {
  return <
    const A extends Access = 'key',
    P extends TObject = None,
    Q extends TObject = None,
    B extends TSchema = TSchema,
    R extends TSchema = TSchema,
  >(
    spec: OperationSpec<A, P, Q, B, R>,
  ): Operation<A, P, Q, B, R> => ({
    ...spec,
    api,
    access: spec.access ?? ('key' as A),
    validators: {
      params: compileValidator(spec.params ?? (NONE as unknown as P), 'path'),
      query: compileValidator(spec.query ?? (NONE as unknown as Q), 'query'),
      ...(spec.body && { body: compileValidator(spec.body, 'body') }),
    },
  })
}
