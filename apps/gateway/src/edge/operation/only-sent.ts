type OnlySent<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Only the members that were sent: PUT and PATCH change nothing else. null is a value. */
export function onlySent<T extends object>(values: T): OnlySent<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as OnlySent<T>
}
