import { Pool } from 'undici'
import type { Bench } from './bench'
import { ADMIN_SECRET } from './platform'

export interface Answer<T> {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: T
}

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A client of the public API that keeps its connections alive, one request at a time on each. */
export class ApiClient {
  private constructor(
    private readonly pool: Pool,
    private readonly authorization: Readonly<Record<string, string>>,
  ) {}

  /** connections: as many as there are callers. */
  static open({ closers }: Bench, address: string, connections: number): ApiClient {
    const pool = new Pool(address, { connections, pipelining: 1 })
    closers.push(() => pool.destroy())
    return new ApiClient(pool, {})
  }

  /** The same connections with an organization's key. */
  with(key: string): ApiClient {
    return new ApiClient(this.pool, { authorization: `Bearer ${key}` })
  }

  /** Throws on any answer but a success: a figure must not count refusals. */
  async call<T>({ method, path, body, headers }: Call): Promise<Answer<T>> {
    const answer = await this.pool.request({
      method,
      path,
      headers: { ...this.authorization, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`)
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(text) as T }
  }

  async get<T>(path: string): Promise<T> {
    return (await this.call<T>({ method: 'GET', path })).body
  }

  async post<T = { id: string }>(path: string, body: unknown): Promise<T> {
    return (await this.call<T>({ method: 'POST', path, body })).body
  }

  /** Of a list, without its rows. */
  async count(path: string): Promise<number> {
    const { headers } = await this.call({ method: 'GET', path })
    return Number(headers['x-total-count'])
  }
}

export interface Organization {
  readonly id: string
  readonly api: ApiClient
}

/** A new organization, and its own client on connections of its own. */
export async function createOrganization(bench: Bench, address: string, connections: number): Promise<Organization> {
  const anybody = ApiClient.open(bench, address, connections)
  const { body } = await anybody.call<{ id: string; api_key: { raw_key: string } }>({
    method: 'POST',
    path: '/v1/organizations/',
    body: { name: 'Bench', test: true },
    headers: { 'x-admin-secret': ADMIN_SECRET },
  })
  return { id: body.id, api: anybody.with(body.api_key.raw_key) }
}
