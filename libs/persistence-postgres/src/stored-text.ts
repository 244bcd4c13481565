/** JSON as it is stored; undefined becomes null. Throws TypeError on what is no JSON (a bigint). */
export function jsonText(value: unknown): string {
  return JSON.stringify(value ?? null)
}

/** PostgreSQL's text holds no NUL, and what others answer may hold anything. */
export function storableText<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll('\0', '\uFFFD')) as T
}
