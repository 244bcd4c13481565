import { linkSync, mkdirSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { UsageFiles } from '../../test/usage-files'
import { RefusedFile } from './refused-file'

const GOOD = 'at,n\n2026-01-05,1\n'
const BAD = 'at,n\n2026-01-05,1\n2026-01-06,many\n'
const HEADER = 'line,event,code,field,message\n'

let files: UsageFiles
let input: string
beforeEach(async () => {
  files = new UsageFiles()
  await files.open()
  input = files.write('calls.csv', BAD)
})
afterEach(() => files.close())

const importing = (...more: string[]) => {
  const mapping = ['--customer', 'acme', '--time-column', 'at', '--event', 'tokens:tokens=n']
  return files.run(['usage', 'import', input, '--organization', files.organizationId, ...mapping, '--json', ...more])
}
const listingIn = (name: string, ...more: string[]) => importing('--refused', files.path(name), ...more)

describe('the list of what an import refused', () => {
  it.each([[], ['--dry-run']])('takes the place of no other file %j', async (...more) => {
    files.write('precious.txt', 'precious')
    const { exitCode, said } = await listingIn('precious.txt', ...more)
    expect([exitCode, said]).toEqual([2, expect.stringMatching('"--refused: .*precious.txt is there already')])
    expect(files.read('precious.txt')).toBe('precious')
    expect(await files.events()).toEqual([])
  })

  it('takes the place of the imported file under no name', async () => {
    symlinkSync(input, files.path('symbolic.csv'))
    linkSync(input, files.path('hard.csv'))
    for (const name of ['calls.csv', './calls.csv', 'symbolic.csv', 'hard.csv']) {
      const { exitCode, said } = await listingIn(name)
      expect([exitCode, said]).toEqual([2, expect.stringContaining('is the file that is imported')])
    }
    expect(files.read('calls.csv')).toBe(BAD)
    expect(await files.events()).toEqual([])
  })

  it('that cannot be written is named before anything is taken', async () => {
    mkdirSync(files.path('folder'))
    for (const name of ['nowhere/refused.csv', 'calls.csv/refused.csv', 'folder']) {
      const { exitCode, said } = await listingIn(name)
      expect([exitCode, said]).toEqual([2, expect.stringMatching('"--refused: ')])
    }
    expect(await files.events()).toEqual([])
  })

  it('is not made where nothing is refused, so that usage may lie where nobody may write', async () => {
    files.write('calls.csv', GOOD)
    symlinkSync(files.path('nowhere/refused.csv'), files.path('calls.csv.refused.csv'))
    const before = new Date('2026-01-01T00:00:00Z')
    utimesSync(files.path('.'), before, before)
    const { exitCode, document } = await importing()
    expect([exitCode, document]).toMatchObject([0, { ingested: 1, refusedFile: null }])
    expect(statSync(files.path('.')).mtime).toEqual(before)
  })

  it('that cannot be written beside the file ends the import at the first line that is not taken, with its reason', async () => {
    symlinkSync(files.path('nowhere/refused.csv'), files.path('calls.csv.refused.csv'))
    const { exitCode, printed, said } = await importing()
    expect([exitCode, printed]).toEqual([2, ''])
    expect(said).toMatch(
      /"--refused: line 3 is not taken \(.+\), and .*calls\.csv\.refused\.csv, .* cannot be written \(ENOENT\)/,
    )
    const { document } = await listingIn('elsewhere.csv')
    expect(document).toMatchObject({ ingested: 0, duplicates: 1, refused: 1 })
    expect(files.read('elsewhere.csv')).toContain('\n3,tokens,field_not_numeric,')
  })

  it('takes the place of nothing that has come there since', async () => {
    const path = files.path('refused.csv')
    const file = await RefusedFile.at({ path, isNamed: true, input, dryRun: false })
    files.write('refused.csv', 'precious')
    const refusal = { line: 3, event: 'tokens', code: 'field_not_numeric', field: 'n', message: 'no number' }
    await expect(file.add([refusal])).rejects.toThrow('is there already and is no list of refused lines')
    await file.close()
    expect(files.read('refused.csv')).toBe('precious')
  })

  it('takes the place of an earlier one, and goes where nothing is refused any more', async () => {
    files.write('refused.csv', `${HEADER}9,calls,missing,at,gone\n`)
    await listingIn('refused.csv')
    expect(files.read('refused.csv')).toMatch(/^line,event,code,field,message\n3,tokens,field_not_numeric,[^\n]*\n$/)
    files.write('calls.csv', GOOD)
    await listingIn('refused.csv')
    expect(files.read('refused.csv')).toBeUndefined()
  })

  it('is written by a dry run too, which removes none', async () => {
    await listingIn('refused.csv', '--dry-run')
    const list = files.read('refused.csv')
    expect(list).toContain('\n3,tokens,field_not_numeric,')
    files.write('calls.csv', GOOD)
    await listingIn('refused.csv', '--dry-run')
    await listingIn('other.csv', '--dry-run')
    expect([files.read('refused.csv'), files.read('other.csv')]).toEqual([list, undefined])
  })
})
