import { UsageFiles } from '../../test/usage-files'

let files: UsageFiles
beforeEach(async () => {
  files = new UsageFiles()
  await files.open()
})
afterEach(() => files.close())

const importing = (subscription: string, ...more: string[]) => {
  const file = files.write('calls.csv', 'at\n2026-06-16T18:17:01Z\n2026-06-16T18:17:02Z\n')
  const mapping = ['--customer', 'acme', '--subscription', subscription, '--time-column', 'at', '--event', 'calls']
  return files.run(['usage', 'import', file, '--organization', files.organizationId, ...mapping, ...more])
}

describe('an import for a subscription', () => {
  it.each([[[]], [['--dry-run']]])(
    'that the customer does not have says so, as it is billed to nobody: %s',
    async (more) => {
      const { exitCode, said } = await importing('mian', ...more)
      expect([exitCode, said]).toEqual([
        0,
        expect.stringMatching(/^There is no subscription mian of acme: .*not billed.*\n$/),
      ])
      const { document } = await importing('mian', ...more, '--json')
      expect(document).toMatchObject({
        ...{ unknownCustomers: 0, unknownSubscriptions: 1 },
        firstUnknownSubscriptions: [{ subscription: 'mian', customer: 'acme' }],
      })
    },
  )

  it('that the customer has says nothing', async () => {
    expect((await importing('main')).said).toBe('')
    expect((await importing('main', '--json')).document).toMatchObject({ unknownSubscriptions: 0 })
  })

  it('that only another customer has says so', async () => {
    const { said } = await importing('main', '--customer', 'other')
    expect(said).toContain('There is no customer other')
    expect(said).toContain('There is no subscription main of other')
  })
})
