import type { TSchema } from '@sinclair/typebox'
import { READ } from '../schema/wire'
import type { Operation, PublicApi } from '../operation/operation'

type Json = Record<string, unknown>

/** The OpenAPI 3.1 document of one API, from the declarations that also validate it. Operations in the order given. */
export function openApiDocument(api: PublicApi, operations: readonly Operation[]): Json {
  const components = new Components()
  const paths: Record<string, Json> = {}
  for (const operation of operations.filter((each) => each.api.name === api.name)) {
    const item = (paths[operation.path] ??= {})
    item[operation.method.toLowerCase()] = operationObject(operation, components)
  }
  const tags = [...new Set(operations.flatMap(({ tag }) => tag ?? []))].map((name) => ({ name }))
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: api.version },
    tags,
    paths,
    components: { schemas: components.schemas, securitySchemes: SECURITY },
  }
}

const SECURITY = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' },
  admin: { type: 'apiKey', in: 'header', name: 'X-Admin-Secret' },
}

function operationObject(operation: Operation, components: Components): Json {
  const { tag, summary, access, body } = operation
  return {
    ...(tag !== undefined && { tags: [tag] }),
    summary,
    operationId: operationId(operation),
    parameters: parametersOf(operation, components),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: components.document(body) } } },
    }),
    responses: responsesOf(operation, components),
    security: access === 'public' ? [] : [{ [access === 'admin' ? 'admin' : 'bearer']: [] }],
  }
}

function operationId({ method, path }: Operation): string {
  return `${method.toLowerCase()}${path.replaceAll(/[{}]/g, '').replaceAll(/[/-]+/g, '_').replace(/_$/, '')}`
}

function parametersOf(operation: Operation, components: Components): Json[] {
  const mutates = operation.method !== 'GET' && operation.access !== 'public'
  return [
    ...parametersIn('path', operation.params, components),
    ...parametersIn('query', operation.query, components),
    ...(mutates ? [IDEMPOTENCY_KEY] : []),
  ]
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function parametersIn(place: 'path' | 'query', schema: Operation['params'], components: Components): Json[] {
  const required = new Set(schema?.required ?? [])
  return Object.entries(schema?.properties ?? {}).map(([name, value]) => ({
    name,
    in: place,
    required: required.has(name),
    schema: components.document(value),
  }))
}

function responsesOf(operation: Operation, components: Components): Json {
  const { status, response, list, errors } = operation
  const success: Json = {
    description: status === 204 ? 'Done' : 'Successful response',
    ...(list && {
      headers: { 'X-Total-Count': { schema: { type: 'integer' }, description: 'Rows that match in all.' } },
    }),
    ...(response && { content: { 'application/json': { schema: components.document(response) } } }),
  }
  const failures = errors.map((error): [string, Json] => [
    String(error),
    {
      description: DESCRIPTIONS[error] ?? 'Error',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  ])
  return { [String(status)]: success, ...Object.fromEntries(failures) }
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'Wrong state or broken rule',
  401: 'Not authenticated',
  404: 'Not found',
  409: 'Conflict',
  422: 'Invalid shape or value',
  429: 'Too many requests',
}

const ERROR_SCHEMA: Json = {
  type: 'object',
  required: ['detail', 'code'],
  properties: {
    detail: {
      anyOf: [
        { type: 'string' },
        {
          type: 'array',
          items: {
            type: 'object',
            required: ['type', 'loc', 'msg'],
            properties: {
              type: { type: 'string' },
              loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
              msg: { type: 'string' },
              input: {},
            },
          },
        },
      ],
    },
    code: { type: 'string' },
  },
}

/** Named schemas, once each; everything else stands where it is used. */
class Components {
  readonly schemas: Record<string, unknown> = { Error: ERROR_SCHEMA }

  document(schema: TSchema): unknown {
    return this.walk(schema)
  }

  private walk(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((each) => this.walk(each))
    if (typeof node !== 'object' || node === null) return node
    const { $id: name, [READ]: _rule, ...rest } = node as Json
    if (typeof name !== 'string') return this.members(rest)
    this.schemas[name] ??= this.members(rest)
    return { $ref: `#/components/schemas/${name}` }
  }

  private members(node: Json): Json {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, this.walk(value)]))
  }
}
