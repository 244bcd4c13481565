import { randomUUID } from 'node:crypto'
import { DocumentedAnswers } from '@billstream/testing'

export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

export interface CallOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

let document: DocumentedAnswers | undefined

/** A client of the public API as a customer would write one. */
export class Api {
  constructor(
    private readonly address: () => string,
    private readonly key: string,
  ) {}

  async call<T = Record<string, unknown>>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const { body, headers } = options
    const response = await fetch(`${this.address()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isWritten(body) ? body : JSON.stringify(body) }),
    })
    const { status } = response
    const text = await response.text()
    const json = text === '' ? undefined : (JSON.parse(text) as unknown)
    const documented = await this.documented()
    documented.check(method, path, { status, json, headers: Object.fromEntries(response.headers) })
    return { status, headers: response.headers, body: json as T }
  }

  /** Every answer is held against the document that the server itself gives out. */
  private async documented(): Promise<DocumentedAnswers> {
    if (!document) {
      const response = await fetch(`${this.address()}/docs/boxbilling.json`)
      document = new DocumentedAnswers((await response.json()) as object)
    }
    return document
  }

  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    return this.call<T>('GET', path)
  }

  /** Expects success. */
  async read<T>(path: string): Promise<T> {
    return successOf(await this.get<T>(path), `GET ${path}`)
  }

  /** Expects success. key: of whoever repeats what he got no answer to. */
  async create<T = { id: string }>(path: string, body: unknown, key: string = randomUUID()): Promise<T> {
    const answer = await this.call<T>('POST', path, { body, headers: { 'idempotency-key': key } })
    return successOf(answer, `POST ${path}`)
  }
}

/** Text or bytes go out as they are. */
function isWritten(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array
}

function successOf<T>({ status, body }: Answer<T>, what: string): T {
  if (status >= 300) throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

const PATIENCE_MS = 60_000

/** Waits for a condition, never for a time; gives the last failure when patience ends. */
export async function eventually<T>(look: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
