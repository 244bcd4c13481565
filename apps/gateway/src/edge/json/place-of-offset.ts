interface Open {
  readonly array: boolean
  index: number
  key: string | undefined
  expectsKey: boolean
}

/**
 * The keys and indexes that lead to an offset of a JSON text, so that a syntax error (a bare NaN, a missing quote) can name
 * the field in which it stands. Reads only what lies before the offset, which is valid as far as it goes.
 */
export function placeOfOffset(text: string, offset: number): (string | number)[] {
  const open: Open[] = []
  let at = 0
  while (at < offset) {
    const end = text[at] === '"' ? endOfString(text, at) : at + 1
    step(open, text.slice(at, end))
    at = end
  }
  return open.flatMap<string | number>(({ array, index, key }) => (array ? index : (key ?? [])))
}

function step(open: Open[], token: string): void {
  const top = open.at(-1)
  if (token === '{' || token === '[') {
    open.push({ array: token === '[', index: 0, key: undefined, expectsKey: token === '{' })
  } else if (token === '}' || token === ']') {
    open.pop()
  } else if (top && token === ',') {
    Object.assign(top, { index: top.index + 1, key: undefined, expectsKey: !top.array })
  } else if (top?.expectsKey && token.startsWith('"')) {
    Object.assign(top, { key: token.slice(1, -1), expectsKey: false })
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}
