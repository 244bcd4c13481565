/** Around each call of a port: may delay it, fail it, or never answer. */
export type AroundCall = <T>(call: () => Promise<T>, what: string) => Promise<T>

/** A port whose every method, all of them asynchronous, goes through `around`. */
export function guardedPort<Port extends object>(port: Port, around: AroundCall): Port {
  const guarded = new Map<PropertyKey, unknown>()
  return new Proxy(port, {
    get(target, key) {
      const known = guarded.get(key)
      if (known !== undefined) return known
      const member: unknown = Reflect.get(target, key)
      if (typeof member !== 'function') return member
      const method = (...args: unknown[]) =>
        around(() => Reflect.apply(member, target, args) as Promise<unknown>, String(key))
      guarded.set(key, method)
      return method
    },
  })
}
