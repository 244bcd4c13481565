import type { Operation } from '../operation/operation'

/** Which methods a path takes, for those that it does not. */
export class RouteTable {
  private readonly routes: readonly { pattern: RegExp; method: string }[]

  constructor(operations: readonly Pick<Operation, 'method' | 'path'>[]) {
    this.routes = operations.map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  }

  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
  }
}

function patternOf(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]+').replace(/\/$/, '')}/?$`)
}
