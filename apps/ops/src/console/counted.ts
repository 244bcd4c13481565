type Count = number | bigint | string

/** So many things in words: `1 event`, `2 events`, `0 deliveries`. many: where it is not the one with an s. */
export function counted(count: Count, one: string, many = `${one}s`): string {
  return `${count} ${isOne(count) ? one : many}`
}

/** The verb of so many: `is` of one, `are` of none and of several. */
export function verbOf(count: Count, one: string, many: string): string {
  return isOne(count) ? one : many
}

/** Names in a sentence with their verb: `a is`, `a and b are`. */
export function namesWithVerb(names: readonly string[], one: string, many: string): string {
  const last = names.at(-1) ?? ''
  const text = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last
  return `${text} ${verbOf(names.length, one, many)}`
}

function isOne(count: Count): boolean {
  return String(count) === '1'
}
