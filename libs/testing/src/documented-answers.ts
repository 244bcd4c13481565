import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

type Responses = Record<string, { content?: Record<string, { schema: object }>; headers?: Record<string, unknown> }>
type Operations = Record<string, { responses: Responses }>

export interface HttpAnswer {
  readonly status: number
  readonly json: unknown
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>
}

interface Documented {
  readonly path: string
  readonly pattern: RegExp
  readonly operations: Operations
}

/** Holds answers against an OpenAPI document. */
export class DocumentedAnswers {
  private readonly ajv = new Ajv({ strict: false, allErrors: true })
  private readonly compiled = new Map<string, ValidateFunction>()
  /** Paths without parameters first: they win in the router too. */
  private readonly documented: readonly Documented[]

  constructor(document: object) {
    addFormats(this.ajv)
    this.ajv.addSchema(document, 'document')
    this.documented = Object.entries((document as { paths: Record<string, Operations> }).paths)
      .map(([path, operations]) => ({
        path,
        operations,
        pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replace(/\/$/, '')}/?$`),
      }))
      .sort((a, b) => parametersIn(a.path) - parametersIn(b.path))
  }

  /** Throws when an answer that the document describes is not as it says, or a success is not described. */
  check(method: string, url: string, { status, json, headers }: HttpAnswer): void {
    const verb = method.toLowerCase()
    const found = this.find(verb, url)
    if (!found) return
    const response = found.operations[verb]?.responses[String(status)]
    if (!response) {
      if (status < 400) throw new Error(`${method} ${url} answered ${status}, which is not documented.`)
      return
    }
    if (response.headers && headers['x-total-count'] === undefined) throw new Error(`${method} ${url} counts no rows.`)
    if (!response.content) return
    const validate = this.validatorOf(found.path, verb, status)
    if (!validate(json)) throw new Error(`${method} ${url} ${status}: ${this.ajv.errorsText(validate.errors)}`)
  }

  private find(verb: string, url: string): Documented | undefined {
    const path = url.split('?', 1)[0] ?? ''
    return this.documented.find(({ pattern, operations }) => pattern.test(path) && verb in operations)
  }

  private validatorOf(path: string, verb: string, status: number): ValidateFunction {
    const step = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))
    const steps = ['paths', path, verb, 'responses', String(status), 'content', 'application/json', 'schema']
    const reference = `document#/${steps.map(step).join('/')}`
    const validate = this.compiled.get(reference) ?? this.ajv.compile({ $ref: reference })
    this.compiled.set(reference, validate)
    return validate
  }
}

function parametersIn(path: string): number {
  return path.split('{').length - 1
}
