import { Output } from './output'
import { safeLine, safeText } from './safe-text'

const SET_TITLE = '\u001b]0;owned\u0007'
/** Of each kind: C0, ESC, DEL, C1 (CSI), bidi override, bidi isolate, right-to-left mark, line separator. */
const OBEYED = ['\u0000', '\r', '\b', SET_TITLE, '\u007f', '\u009b2J', '\u202e', '\u2066', '\u200f', '\u2028']
const isObeyed = (text: string): boolean => /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.test(text)

function printed(print: (out: Output) => void, json = false): string {
  let said = ''
  const write = (text: string) => (said += text)
  const out = new Output({ out: { write }, err: { write } })
  out.useJson(json)
  print(out)
  out.release()
  return said
}

describe('text of somebody else', () => {
  it('is shown with escapes in place of what a terminal obeys', () => {
    expect(safeText(`a${SET_TITLE}\u009b\u202eb`)).toBe('a\\u001b]0;owned\\u0007\\u009b\\u202eb')
  })

  it('keeps letters of all scripts, accents, emoji, line breaks and tabs', () => {
    const text = 'Zoë 東京 שלום 👩‍👩‍👧\n\tkept'
    expect(safeText(text)).toBe(text)
  })

  it('is one line where one is wanted', () => {
    expect(safeLine('a\r\nb\tc\u2028d\u001b')).toBe('a b c d\\u001b')
  })

  it('is the same value in JSON', () => {
    const value = { name: OBEYED.join('x') }
    expect(JSON.parse(safeText(JSON.stringify(value)))).toEqual(value)
  })
})

describe('whatever a command prints', () => {
  const ways: [string, (out: Output, text: string) => void][] = [
    ['a table', (out, text) => out.table([{ text }], [{ title: 'TEXT', value: (row) => row.text }], '')],
    ['a line of a stream', (out, text) => out.line({ text }, text)],
    ['a document', (out, text) => out.document({ text }, () => text)],
    ['a note', (out, text) => out.note(text)],
    ['an aside', (out, text) => out.aside({ text }, text)],
    ['a failure', (out, text) => out.failure({ code: 'refused', message: text })],
    ['a bug', (out, text) => out.failure({ code: 'failed', message: text, stack: text })],
  ]

  it.each(ways)('holds nothing that a terminal obeys: %s', (_, print) => {
    for (const text of OBEYED) {
      expect(isObeyed(printed((out) => print(out, text)))).toBe(false)
      expect(isObeyed(printed((out) => print(out, text), true))).toBe(false)
    }
  })
})
