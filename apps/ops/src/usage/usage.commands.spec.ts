import fc from 'fast-check'
import { appendFileSync } from 'node:fs'
import { NOW, UsageFiles } from '../../test/usage-files'

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens\r\n'
const line = (second: number, context = '10', generated = '3') =>
  `2026-06-16 18:17:${String(second).padStart(2, '0')}.9799600,${context},${generated}\r\n`

let files: UsageFiles
beforeEach(async () => {
  files = new UsageFiles()
  await files.open()
})
afterEach(() => files.close())

const MAPPING = ['--customer', 'acme', '--time-column', 'TIMESTAMP']
const TOKENS = ['--event', 'tokens:tokens=ContextTokens']
const importing = (file: string, ...more: string[]) => {
  const mapping = [...MAPPING, ...TOKENS, '--event', 'tokens:tokens=GeneratedTokens', '--event', 'calls']
  return files.run(['usage', 'import', file, '--organization', files.organizationId, ...mapping, '--json', ...more])
}
const exporting = (name: string, ...more: string[]) =>
  files.run(['usage', 'export', files.path(name), '--organization', files.organizationId, '--json', ...more])

describe('an import of usage', () => {
  it('makes several events of a line, at its time to the microsecond, also of a last line without an end', async () => {
    const file = files.write('calls.csv', `${HEADER}${line(1)}${line(2).trim()}`)
    const { exitCode, document } = await importing(file)
    expect(document).toMatchObject({ lines: 2, lastLine: 3, ingested: 6, duplicates: 0, conflicts: 0, refused: 0 })
    expect(exitCode).toBe(0)
    expect(await files.totals()).toEqual({ tokens: '4 events, 26', calls: '2 events, 0' })
    const [event] = await files.events()
    expect(event).toMatchObject({ externalCustomerId: 'acme', externalSubscriptionId: '', createdAt: NOW })
    expect(event?.timestamp).toMatch(/^2026-06-16T18:17:0\d\.979960Z$/)
    expect(files.read('calls.csv.refused.csv')).toBeUndefined()
  })

  it('counts a file once however often it is run, and only the new lines of one that has grown', async () => {
    const file = files.write('calls.csv', `${HEADER}${line(1)}${line(2).trim()}`)
    await importing(file)
    expect((await importing(file)).document).toMatchObject({ ingested: 0, duplicates: 6 })
    const copy = files.write('renamed.csv', files.read('calls.csv') ?? '')
    expect((await importing(copy)).document).toMatchObject({ ingested: 0, duplicates: 6 })
    appendFileSync(file, `\n${line(3)}`)
    expect((await importing(file)).document).toMatchObject({ lines: 3, ingested: 3, duplicates: 6 })
    expect((await importing(file, '--source', 'another host')).document).toMatchObject({ ingested: 9, duplicates: 0 })
  })

  it('counts two equal lines of a file twice', async () => {
    const file = files.write('calls.csv', `${HEADER}${line(1)}${line(1)}`)
    expect((await importing(file)).document).toMatchObject({ ingested: 6, duplicates: 0 })
  })

  it('takes the ids of a column, which other content cannot take again', async () => {
    const write = (tokens: number) => files.write('ids.csv', `at,id,n\n2026-06-01T00:00:00Z,a,${tokens}\n`)
    const mapping = ['--customer', 'acme', '--time-column', 'at', '--transaction-column', 'id', '--json']
    const run = (file: string, ...events: string[]) =>
      files.run(['usage', 'import', file, '--organization', files.organizationId, ...mapping, ...events])
    expect((await run(write(1), '--event', 'tokens:tokens=n')).document).toMatchObject({ ingested: 1 })
    expect((await run(write(1), '--event', 'tokens:tokens=n')).document).toMatchObject({ duplicates: 1 })
    const conflicting = await run(write(2), '--event', 'tokens:tokens=n')
    expect([conflicting.exitCode, conflicting.document]).toEqual([1, expect.objectContaining({ conflicts: 1 })])
    expect(files.read('ids.csv.refused.csv')).toContain('2,tokens,conflict,transaction_id,')
  })

  it('keeps the id of an event whatever other events are asked for', async () => {
    const file = files.write('ids.csv', 'at,id,n\n2026-06-01T00:00:00Z,a,1\n')
    const mapping = ['--customer', 'acme', '--time-column', 'at', '--transaction-column', 'id', '--json']
    const run = (...more: string[]) =>
      files.run(['usage', 'import', file, '--organization', files.organizationId, ...mapping, ...more])
    const [tokens, calls] = [
      ['--event', 'tokens:tokens=n'],
      ['--event', 'calls'],
    ] as const
    await run(...tokens)
    const both = await run(...tokens, ...calls)
    expect([both.exitCode, both.said]).toEqual([2, expect.stringMatching('"--transaction-column: .*--code-in-id')])
    expect((await run(...calls)).document).toMatchObject({ conflicts: 1 })
    expect((await run(...calls, '--code-in-id')).document).toMatchObject({ ingested: 1 })
    expect((await files.events()).map(({ transactionId }) => transactionId).sort()).toEqual(['a', 'a:calls'])
    const more = await run(...tokens, ...calls, '--code-in-id')
    expect(more.document).toMatchObject({ ingested: 1, duplicates: 1 })
    expect((await run(...tokens, '--code-in-id')).document).toMatchObject({ duplicates: 1 })
  })

  it('takes the good lines and lists the others with their numbers and reasons', async () => {
    const bad = [line(2, ''), line(3, 'many'), '2026-06-16 25:00:00,1,1\r\n', ',1,1\r\n', '1,2\r\n', line(4, 'a"b')]
    const future = '2026-07-01T12:06:00Z,1,1\r\n'
    const file = files.write('calls.csv', `${HEADER}${line(1)}${bad.join('')}${future}${line(5)}`)
    const { exitCode, document } = await importing(file, '--refused', files.path('refused.csv'))
    expect(exitCode).toBe(1)
    expect(document).toMatchObject({ ingested: 6, refused: 17, refusedFile: files.path('refused.csv') })
    const listed = files.read('refused.csv')?.trim().split('\n') ?? []
    expect(listed.map((each) => each.split(',').slice(0, 4).join(' '))).toEqual([
      'line event code field',
      '3 tokens field_missing properties.tokens',
      ...['tokens', 'calls'].map((code) => `3 ${code} rest_of_line `),
      '4 tokens field_not_numeric properties.tokens',
      ...['tokens', 'calls'].map((code) => `4 ${code} rest_of_line `),
      ...['tokens', 'tokens', 'calls'].map((code) => `5 ${code} invalid_timestamp timestamp`),
      ...['tokens', 'tokens', 'calls'].map((code) => `6 ${code} missing TIMESTAMP`),
      '7  malformed_line ',
      '8  malformed_line ',
      ...['tokens', 'tokens', 'calls'].map((code) => `9 ${code} timestamp_in_future timestamp`),
    ])
    files.write('calls.csv', `${HEADER}${line(1)}`)
    await importing(file, '--refused', files.path('refused.csv'))
    expect(files.read('refused.csv')).toBeUndefined()
  })

  it('names an id that cannot be kept, and takes the lines beside it', async () => {
    const file = files.write('ids.csv', 'at,id,n\n2026-06-01T00:00:00Z,a\0,1\n2026-06-01T00:00:00Z,b,1\n')
    const { document } = await files.run([
      ...['usage', 'import', file, '--organization', files.organizationId, '--customer', 'acme'],
      ...['--time-column', 'at', '--transaction-column', 'id', '--event', 'tokens:tokens=n', '--json'],
    ])
    expect(document).toMatchObject({ ingested: 1, refused: 1 })
    expect(files.read('ids.csv.refused.csv')).toContain('2,tokens,bad_text,transaction_id,')
  })

  it('takes ids of 255 characters whatever bytes they need, and names a longer one', async () => {
    const ids = ['😀'.repeat(255), 'x'.repeat(255), '😀'.repeat(256), 'x'.repeat(256)]
    const lines = ids.map((id) => `2026-06-01T00:00:00Z,${id},1\n`)
    const file = files.write('long.csv', `at,id,n\n${lines.join('')}`)
    const { document } = await files.run([
      ...['usage', 'import', file, '--organization', files.organizationId, '--customer', 'acme'],
      ...['--time-column', 'at', '--transaction-column', 'id', '--event', 'tokens:tokens=n', '--json'],
    ])
    expect(document).toMatchObject({ ingested: 2, refused: 2 })
    const refused = files.read('long.csv.refused.csv')
    for (const line of [4, 5]) expect(refused).toContain(`${line},tokens,too_long,transaction_id,`)
  })

  it('only looks on a dry run', async () => {
    const file = files.write('calls.csv', `${HEADER}${line(1)}${line(2, 'many')}`)
    expect((await importing(file, '--dry-run')).document).toMatchObject({ dryRun: true, ingested: 3, refused: 3 })
    expect(await files.events()).toEqual([])
  })

  it('reads lines of JSON as they were written, whatever each leaves out', async () => {
    const records = [
      '{"TIMESTAMP":"2026-06-16T18:17:03Z"}',
      '',
      '{"TIMESTAMP":"2026-06-16T18:17:03Z","ContextTokens":12345678901234567.5}',
      '[1]',
    ]
    const file = files.write('calls.jsonl', records.join('\n'))
    const argv = ['usage', 'import', file, '--organization', files.organizationId, ...MAPPING, ...TOKENS, '--json']
    expect((await files.run(argv)).document).toMatchObject({ lines: 3, ingested: 1, refused: 2 })
    expect(await files.events()).toMatchObject([
      { properties: '{"tokens":12345678901234567.5}', value: '12345678901234567.5' },
    ])
  })

  it('that is interrupted leaves whole batches, and is completed by another run', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => line(index % 60, String(index)))
    const file = files.write('calls.csv', `${HEADER}${lines.join('')}`)
    const interruption = new AbortController()
    const { ingest } = files.usageLog
    files.usageLog.ingest = (batches) => {
      interruption.abort()
      return ingest.call(files.usageLog, batches)
    }
    const argv = ['usage', 'import', file, '--organization', files.organizationId, ...MAPPING, ...TOKENS, '--json']
    const broken = await files.run(argv, interruption)
    expect(broken).toMatchObject({ exitCode: 130, document: { interrupted: true } })
    expect(JSON.parse(broken.said)).toMatchObject({ error: { code: 'interrupted' } })
    const done = Number(broken.document?.['ingested'])
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(3_000)
    expect(broken.document).toMatchObject({ lines: done, lastLine: done + 1 })
    expect(await files.events()).toHaveLength(done)
    expect((await files.run(argv)).document).toMatchObject({ ingested: 3_000 - done, duplicates: done })
  })

  it('for a customer that is not there says so, as nobody is billed for it yet', async () => {
    const file = files.write('calls.csv', `${HEADER}${line(1)}${line(2)}`)
    const argv = [
      'usage',
      'import',
      file,
      '--organization',
      files.organizationId,
      '--time-column',
      'TIMESTAMP',
      ...TOKENS,
    ]
    for (const more of [['--dry-run'], []]) {
      const { exitCode, said } = await files.run([...argv, '--customer', 'acmee', ...more])
      expect([exitCode, said]).toEqual([0, expect.stringContaining('There is no customer acmee')])
      const machines = await files.run([...argv, '--customer', 'acmee', ...more, '--json'])
      expect([machines.document, machines.said]).toMatchObject([
        { unknownCustomers: 1, firstUnknownCustomers: ['acmee'] },
        '',
      ])
    }
    const known = await files.run([...argv, '--customer', 'acme', '--json'])
    expect(known.document).toMatchObject({ unknownCustomers: 0, firstUnknownCustomers: [] })
    expect((await files.run([...argv, '--customer', 'acme'])).said).toBe('')
  })

  it('for many customers that are not there counts them, and names the first', async () => {
    const column = (name: string) => `"${name}"`
    const names = [
      'transaction_id',
      'external_customer_id',
      'external_subscription_id',
      'code',
      'timestamp',
      'properties',
    ]
    const rows = Array.from({ length: 24 }, (_, index) => {
      const customer = index % 2 === 0 ? 'acme' : `c${index}`
      return [`t${index}`, customer, '', 'calls', '2026-06-01T00:00:00Z', '{}'].map(column).join(',')
    })
    const file = files.write('exported.csv', [names.join(','), ...rows].join('\n'))
    const argv = ['usage', 'import', file, '--organization', files.organizationId]
    const { document } = await files.run([...argv, '--json'])
    expect(document).toMatchObject({ ingested: 24, unknownCustomers: 12 })
    expect(document?.['firstUnknownCustomers']).toHaveLength(10)
    expect((await files.run(argv)).said).toContain('c1, c3')
    expect((await files.run(argv)).said).toContain('and 2 more')
  })

  it('that is tried and interrupted says that nothing is in', async () => {
    const file = files.write('calls.csv', `${HEADER}${line(1)}`)
    const argv = ['usage', 'import', file, '--organization', files.organizationId, ...MAPPING, ...TOKENS, '--dry-run']
    const { exitCode, said } = await files.interrupt(argv)
    expect([exitCode, said]).toEqual([130, expect.stringMatching(/was checked.*nothing is in/)])
    expect(said).not.toContain('is in, nothing after')
  })

  it('into a measured period marks it as changed', async () => {
    const scope = { externalCustomerId: 'acme', externalSubscriptionId: 'main', subscriptionId: 'subscription' }
    const period = { from: '2026-06-01T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z', codes: ['tokens'] }
    await files.usageLog.measure({
      ...{ ...scope, organizationId: files.organizationId, measurementId: 'm', invoiceId: 'i', period },
      ...{ request: {}, corrections: [], settles: false },
    })
    await importing(files.write('calls.csv', `${HEADER}${line(1)}`))
    expect(await files.usageLog.changedPeriods(9)).toMatchObject([{ invoiceId: 'i' }])
  })

  it.each([
    ['a file that is not there', ['no.csv'], 'file: .*no.csv does not exist'],
    ['an ending that it does not know', ['calls.xml'], 'file: .*must end in .csv'],
    [
      'a column that is not there',
      ['calls.csv', '--time-column', 'Time'],
      '--time-column: .*no column Time; it has: TIMESTAMP, ContextTokens, GeneratedTokens',
    ],
    ['another one', ['calls.csv', '--event', 'tokens:tokens=Tokens'], '--event: .*no column Tokens; it has:'],
    [
      'a third one',
      ['calls.csv', '--transaction-column', 'Id', '--code-in-id'],
      '--transaction-column: .*no column Id',
    ],
    ['a metric that is not there', ['calls.csv', '--event', 'token'], '--event: there is no metric token; there are: '],
    [
      'a mapping without a column',
      ['calls.csv', '--event', 'tokens:tokens'],
      "'--event <mapping>' argument 'tokens:tokens' is invalid",
    ],
    [
      'a mapping that fills one field twice',
      ['calls.csv', '--event', 'tokens:tokens=ContextTokens, tokens =GeneratedTokens'],
      "option '--event <mapping>' argument .* is invalid. It names the field tokens twice",
    ],
    [
      'a mapping that fills __proto__',
      ['calls.csv', '--event', 'tokens:__proto__=ContextTokens'],
      "option '--event <mapping>' argument .* is invalid. __proto__ can be no field",
    ],
    [
      'an organization that is not there',
      ['calls.csv', '--organization', '00000000-0000-7000-8000-000000000001'],
      '--organization: There is no organization',
    ],
  ])('names %s', async (_, [name = '', ...more], said) => {
    files.write('calls.csv', `${HEADER}${line(1)}`)
    const result = await importing(files.path(name), ...more)
    expect(result.exitCode).toBe(2)
    expect(result.said).toMatch(new RegExp(said))
    expect(await files.events()).toEqual([])
  })

  it.each(['--customer', '--subscription', '--time-column', '--transaction-column', '--source', '--organization'])(
    'names %s where it is blank',
    async (option) => {
      const file = files.write('calls.csv', `${HEADER}${line(1)}`)
      for (const blank of ['', ' ']) {
        const { exitCode, said } = await importing(file, option, blank)
        expect([exitCode, said]).toEqual([2, expect.stringContaining(`option '${option} <`)])
      }
      expect(await files.events()).toEqual([])
    },
  )

  it('names what belongs to a mapping, and what does not', async () => {
    const file = files.write('calls.csv', `${HEADER}${line(1)}`)
    const run = (...argv: string[]) =>
      files.run(['usage', 'import', file, '--organization', files.organizationId, ...argv])
    expect((await run('--event', 'calls', '--time-column', 'TIMESTAMP')).said).toMatch(
      '--customer: it belongs to --event',
    )
    expect((await run('--customer', 'acme')).said).toMatch('--customer: it needs --event')
    expect((await run('--code-in-id')).said).toMatch('--code-in-id: it needs --event')
    expect((await importing(file, '--code-in-id')).said).toMatch('--code-in-id: it needs --transaction-column')
    expect((await run()).said).toMatch('--event: ')
    expect((await files.run(['usage', 'import', file])).said).toMatch('--organization')
  })
})

describe('an export of usage', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((each) => each.trim() === each)
  const number = fc.constantFrom('1', '-0.5', '1e3', '0.000000000001', '123456789012345678')

  it.each(['usage.csv', 'usage.jsonl'])('is imported again as it was: %s', async (name) => {
    const sent = fc.uniqueArray(fc.tuple(text, text, number), { selector: ([id]) => id, minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(sent, async (events) => {
        const own = new UsageFiles()
        await own.open()
        const records = events.map(
          ([id, note, tokens]) =>
            `{"transaction_id":${JSON.stringify(id)},"external_customer_id":"acme","external_subscription_id":"","code":"tokens",` +
            `"timestamp":"2026-06-16T18:17:03.000001Z","properties":{ "tokens":${tokens},"note":${JSON.stringify(note)}}}`,
        )
        const argv = (...given: string[]) => ['usage', ...given, '--json']
        await own.run(argv('import', own.write('sent.jsonl', records.join('\n')), '--organization', own.organizationId))
        const before = await own.events()
        expect(before).toHaveLength(events.length)
        await own.run(argv('export', own.path(name), '--organization', own.organizationId))
        const again = await own.run(argv('import', own.path(name), '--organization', own.organizationId))
        expect(again.document).toMatchObject({ duplicates: events.length, ingested: 0, conflicts: 0, refused: 0 })
        await own.run(argv('import', own.path(name), '--organization', own.otherOrganizationId))
        const content = (all: typeof before) =>
          all
            .map(({ transactionId, timestamp, value, code }) => ({ transactionId, timestamp, value, code }))
            .sort((a, b) => (a.transactionId < b.transactionId ? -1 : 1))
        expect(content(await own.events(own.otherOrganizationId))).toEqual(content(before))
        own.close()
      }),
      { numRuns: 30 },
    )
  })

  it('holds what was asked for, half-open', async () => {
    const at = (second: number) => `2026-06-16T18:17:0${second}.000Z`
    const lines = [1, 2, 3].map((second) => `${at(second)},${second},1\r\n`)
    await importing(files.write('calls.csv', `${HEADER}${lines.join('')}`))
    const count = async (...more: string[]) => (await exporting('some.jsonl', ...more)).document?.['events']
    expect(await count()).toBe(9)
    expect(await count('--code', 'calls')).toBe(3)
    expect(await count('--customer', 'nobody')).toBe(0)
    expect(await count('--code', 'calls', '--from', at(2), '--to', at(3))).toBe(1)
  })

  it('names what is wrong, and leaves no half file', async () => {
    expect((await exporting('usage.xml')).said).toMatch('file: ')
    expect((await exporting('nowhere/usage.csv')).said).toMatch('file: ')
    expect((await exporting('usage.csv', '--from', 'soon')).said).toMatch('--from')
    expect((await exporting('usage.csv', '--from', '2026-02-31')).said).toMatch('--from')
    for (const to of ['2026-01-01', '2026-02-01']) {
      const backwards = await exporting('usage.csv', '--from', '2026-02-01', '--to', to)
      expect([backwards.exitCode, backwards.said]).toEqual([2, expect.stringContaining('--to: must be later')])
    }
    const unknown = await exporting('usage.csv', '--code', 'nope')
    expect([unknown.exitCode, unknown.said]).toEqual([2, expect.stringContaining('--code: there is no metric nope')])
    for (const option of ['--customer', '--code']) {
      expect((await exporting('usage.csv', option, ' ')).said).toMatch(`'${option} <`)
    }
    const argv = ['usage', 'export', files.path('usage.csv'), '--organization', files.organizationId]
    expect(await files.interrupt(argv)).toMatchObject({
      ...{ exitCode: 130, printed: '', said: expect.stringContaining('usage.csv was not written') as string },
    })
    const machines = await files.interrupt([...argv, '--json'])
    expect([machines.printed, JSON.parse(machines.said)]).toEqual([
      '',
      { error: { code: 'interrupted', message: expect.stringContaining('was not written') as string } },
    ])
    expect([files.read('usage.csv'), files.read('usage.csv.partial')]).toEqual([undefined, undefined])
  })
})
