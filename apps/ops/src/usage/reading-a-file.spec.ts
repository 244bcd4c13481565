import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { UsageFiles } from '../../test/usage-files'

/** Several chunks of the file, and several transactions. */
const LINES = 9_000

let files: UsageFiles
beforeEach(async () => {
  files = new UsageFiles()
  await files.open()
})
afterEach(() => files.close())

const importing = (file: string) => {
  const mapping = ['--customer', 'acme', '--time-column', 'at', '--event', 'tokens:tokens=n']
  return files.run(['usage', 'import', file, '--organization', files.organizationId, ...mapping])
}
const csv = (bodyLines: number): string =>
  `at,n\n${Array.from({ length: bodyLines }, (_, index) => `2026-01-05T00:00:00Z,${10_000 + index}\n`).join('')}`
const jsonl = (): string =>
  Array.from({ length: LINES }, (_, index) => `{"at":"2026-01-05T00:00:00Z","n":${10_000 + index}}\n`).join('')

describe('the progress of an import', () => {
  const kinds: [string, string | Buffer][] = [
    ['calls.csv', csv(LINES)],
    ['wide.csv', Buffer.from(`\uFEFF${csv(LINES)}`, 'utf16le')],
    ['calls.jsonl', jsonl()],
  ]

  it.each(kinds)('knows from its first report on how many lines there will be: %s', async (name, content) => {
    writeFileSync(files.path(name), content)
    expect((await importing(files.path(name))).exitCode).toBe(0)
    expect(files.expected.length).toBeGreaterThan(4)
    for (const total of files.expected) expect(Math.abs(total - LINES)).toBeLessThan(LINES / 100)
    expect(files.expected.at(-1)).toBe(LINES)
  })
})

describe('a file that is no text', () => {
  const kinds: [string, Buffer, string][] = [
    ['that gzip has packed', gzipSync(csv(10)), 'is packed with gzip: unpack it first'],
    ['of a spreadsheet', Buffer.from('PK\u0003\u0004\u0014\u0000'), 'is a zip archive or a workbook'],
  ]

  it.each(kinds)('%s is refused, and nothing of it is shown', async (_, content, sentence) => {
    writeFileSync(files.path('calls.csv'), content)
    const { exitCode, said, printed } = await importing(files.path('calls.csv'))
    expect([exitCode, printed]).toEqual([2, ''])
    expect(said).toContain(`calls.csv ${sentence}`)
  })

  it('and is not seen as such shows its columns as escapes, and not all of them', async () => {
    const { exitCode, said } = await importing(files.write('calls.csv', `a\u001b[2J,${'b'.repeat(10_000)}\n1,2\n`))
    expect(exitCode).toBe(2)
    expect(said).toContain('has no column at; it has: a\\u001b[2J, bbb')
    expect(said.length).toBeLessThan(1_000)
  })
})
