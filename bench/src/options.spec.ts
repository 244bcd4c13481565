import { OptionsInvalid, readOptions, usageOf } from './options'

const KNOWN = ['append', 'ingest', 'start']

describe('the options of the bench', () => {
  it('are by default every figure in three rounds', () =>
    expect(readOptions([], KNOWN)).toEqual({ only: [], json: undefined, rounds: 3, quick: false, profile: undefined }))

  it('name figures by commas or one by one', () =>
    expect(readOptions(['--only', 'append,ingest', '--only', 'start'], KNOWN).only).toEqual(KNOWN))

  it('take one round of tiny sizes, unless it is said otherwise', () => {
    expect(readOptions(['--quick'], KNOWN)).toMatchObject({ quick: true, rounds: 1 })
    expect(readOptions(['--quick', '--rounds', '2'], KNOWN).rounds).toBe(2)
  })

  it('are told with every name that may be measured', () => {
    const usage = usageOf(KNOWN)
    for (const name of [...KNOWN, '--only', '--json', '--rounds', '--quick', '--profile']) expect(usage).toContain(name)
  })

  it('refuse what is not known, naming it', () => {
    const refused = (...given: string[]) => expect(() => readOptions(given, KNOWN))
    refused('--only', 'appendix').toThrow(new OptionsInvalid('--only: appendix is none of append, ingest, start.'))
    refused('--rounds', '0').toThrow(OptionsInvalid)
    refused('--rounds', 'many').toThrow(OptionsInvalid)
    refused('--loud').toThrow(OptionsInvalid)
  })
})
