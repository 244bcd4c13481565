import { UsageFiles } from '../../test/usage-files'

const LATE = '2026-06-16T18:17:01Z'
const FUTURE = '2026-07-02T00:00:00Z'

let files: UsageFiles
beforeEach(async () => {
  files = new UsageFiles()
  await files.open()
})
afterEach(() => files.close())

/** Two events a line: one that always can be taken, and the tokens. */
const importing = (lines: readonly string[], ...more: string[]) => {
  const file = files.write('calls.csv', ['at,Tokens', ...lines].join('\n'))
  const mapping = ['--customer', 'acme', '--time-column', 'at', '--event', 'calls', '--event', 'tokens:tokens=Tokens']
  return files.run(['usage', 'import', file, '--organization', files.organizationId, ...mapping, ...more])
}
const imported = async (...lines: string[]) => (await importing(lines, '--json')).document
const listed = () => files.read('calls.csv.refused.csv')?.trim().split('\n').slice(1) ?? []

describe('a line of which one event is refused', () => {
  it.each([
    ['its value', `${LATE},abc`, 'field_not_numeric'],
    ['a value that is missing', `${LATE},`, 'field_missing'],
    ['what is too long', `${LATE},${'9'.repeat(70_000)}`, 'too_long'],
  ])('for %s is not taken at all, and says so of each event', async (_, line, code) => {
    const document = await imported(line, `${LATE},7`)
    expect(document).toMatchObject({ lines: 2, ingested: 2, refused: 2, refusedLines: 1 })
    expect(await files.totals()).toEqual({ tokens: '1 events, 7', calls: '1 events, 0' })
    const [calls = '', tokens = ''] = listed().sort()
    expect(calls).toMatch(/^2,calls,rest_of_line,,Another event of the line is refused/)
    expect(tokens).toMatch(`2,tokens,${code},`)
  })

  it('counts once when it is corrected', async () => {
    await imported(`${LATE},abc`, `${LATE},7`)
    expect(await imported(`${LATE},5`, `${LATE},7`)).toMatchObject({ ingested: 2, duplicates: 2, refused: 0 })
    expect(await files.totals()).toEqual({ tokens: '2 events, 12', calls: '2 events, 0' })
  })

  it('is told by a dry run alike', async () => {
    const { document } = await importing([`${LATE},abc`, `${LATE},7`], '--json', '--dry-run')
    expect(document).toMatchObject({ ingested: 2, refused: 2, refusedLines: 1 })
    expect(listed()).toHaveLength(2)
  })

  it('is said to be left out whole, for people', async () => {
    const { printed } = await importing([`${LATE},abc`, `${LATE},7`])
    expect(printed).toContain('refused  2, with them all of 1 line\n')
  })
})

describe('a line of which every event is refused', () => {
  it('has the reason of each', async () => {
    expect(await imported(`${FUTURE},5`)).toMatchObject({ ingested: 0, refused: 2, refusedLines: 1 })
    expect(listed().map((each) => each.split(',')[2])).toEqual(['timestamp_in_future', 'timestamp_in_future'])
  })
})
