import { writeFileSync } from 'node:fs'
import { UsageFiles } from '../../test/usage-files'

let files: UsageFiles
beforeEach(async () => {
  files = new UsageFiles()
  await files.open()
})
afterEach(() => files.close())

const importing = (file: string, ...more: string[]) => {
  const mapping = ['--customer', 'acme', '--time-column', 'at', '--event', 'tokens:tokens=n']
  return files.run(['usage', 'import', file, '--organization', files.organizationId, ...mapping, '--json', ...more])
}

describe('an import of CSV', () => {
  it('with a quote that is never closed takes every other line and names the one', async () => {
    const line = (day: number) => `2026-01-${String(day).padStart(2, '0')},5\n`
    const lines = Array.from({ length: 20 }, (_, index) => line(index + 6)).join('')
    const file = files.write('calls.csv', `at,n\n2026-01-05,"unclosed\n${lines}`)
    const { exitCode, document } = await importing(file)
    expect(exitCode).toBe(1)
    expect(document).toMatchObject({ lines: 21, ingested: 20, refused: 1, lastLine: 22 })
    expect(files.read('calls.csv.refused.csv')).toContain('\n2,,malformed_line,,A quote is opened here')
    files.write('calls.csv', `at,n\n2026-01-05,4\n${lines}`)
    expect((await importing(file)).document).toMatchObject({ ingested: 1, duplicates: 20, refused: 0 })
  })

  it('reads what a spreadsheet writes in UTF-16', async () => {
    const file = files.path('calls.csv')
    writeFileSync(file, Buffer.from('\uFEFFat,n\r\n2026-01-05,"5"\r\n', 'utf16le'))
    expect((await importing(file)).document).toMatchObject({ lines: 1, ingested: 1 })
  })

  it('with a column that comes twice is refused as a whole', async () => {
    const { exitCode, said } = await importing(files.write('calls.csv', 'at,n, at \n2026-01-05,5,2026-01-06\n'))
    expect([exitCode, said]).toEqual([2, expect.stringMatching('"file: .*calls.csv has two columns at')])
  })

  it('reads around columns without a name', async () => {
    const file = files.write('calls.csv', 'at,n,,\n2026-01-05,5,,\n')
    expect((await importing(file)).document).toMatchObject({ ingested: 1, refused: 0 })
  })

  it.each(['at,n', 'at,n\r\n\r\n'])('that is nothing but a header says so: %j', async (text) => {
    const file = files.write('calls.csv', text)
    const argv = ['usage', 'import', file, '--organization', files.organizationId, '--customer', 'acme']
    for (const more of [[], ['--dry-run']]) {
      const ran = await files.run([...argv, '--time-column', 'at', '--event', 'tokens:tokens=n', ...more])
      expect([ran.exitCode, ran.said]).toEqual([0, `${file} has no line below its header.\n`])
      expect(ran.printed).toContain('0 lines of')
    }
  })
})
