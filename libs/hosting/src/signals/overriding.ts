/**
 * The same port with some methods replaced; all others go to `port` as before. For ports, whose members are methods and fixed
 * values: what changes later on `port` itself is not seen here.
 */
export function overriding<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return { ...port, ...boundMethods(port), ...methods }
}

function boundMethods(port: object): Record<string, unknown> {
  const bound: Record<string, unknown> = {}
  for (let from = port; from !== Object.prototype; from = Object.getPrototypeOf(from) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (typeof value !== 'function' || name === 'constructor' || name in bound) continue
      bound[name] = (value as (...given: unknown[]) => unknown).bind(port)
    }
  }
  return bound
}
