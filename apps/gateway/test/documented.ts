import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { openApiDocuments } from '../src'

type Responses = Record<string, { content?: Record<string, { schema: object }>; headers?: Record<string, unknown> }>
interface Answer {
  readonly status: number
  readonly json: unknown
  readonly headers: Record<string, unknown>
}
interface Documented {
  readonly path: string
  readonly pattern: RegExp
  readonly operations: Record<string, { responses: Responses }>
}

const document = JSON.parse(openApiDocuments().get('boxbilling') ?? '{}') as {
  paths: Record<string, Record<string, { responses: Responses }>>
}
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats(ajv)
ajv.addSchema(document, 'document')
const compiled = new Map<string, ValidateFunction>()

/** Paths without parameters first: they win in the router too. */
const documented: readonly Documented[] = Object.entries(document.paths)
  .map(([path, operations]) => ({
    path,
    operations,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replace(/\/$/, '')}/?$`),
  }))
  .sort((a, b) => parametersIn(a.path) - parametersIn(b.path))

/** Throws when an answer that the document describes is not as it says. */
export function isDocumented(method: string, url: string, { status, json, headers }: Answer): void {
  const path = url.split('?', 1)[0] ?? ''
  const found = documented.find(({ pattern, operations }) => pattern.test(path) && method.toLowerCase() in operations)
  const response = found?.operations[method.toLowerCase()]?.responses[String(status)]
  if (!found || !response) {
    if (found && status < 400) throw new Error(`${method} ${url} answered ${status}, which is not documented.`)
    return
  }
  if (response.headers && headers['x-total-count'] === undefined) throw new Error(`${method} ${url} counts no rows.`)
  if (!response.content) return
  const validate = validatorOf(found.path, method.toLowerCase(), status)
  if (!validate(json)) throw new Error(`${method} ${url} ${status}: ${ajv.errorsText(validate.errors)}`)
}

function validatorOf(path: string, method: string, status: number): ValidateFunction {
  const step = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))
  const steps = ['paths', path, method, 'responses', String(status), 'content', 'application/json', 'schema']
  const reference = `document#/${steps.map(step).join('/')}`
  const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference })
  compiled.set(reference, validate)
  return validate
}

function parametersIn(path: string): number {
  return path.split('{').length - 1
}
