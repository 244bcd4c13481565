import type { Command } from 'commander'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { NO_VAULT, opsInMemory } from '../test/ops-in-memory'
import { Output } from './console/output'
import { SILENT } from './console/progress'
import { allCommands } from './groups'
import { Ops } from './ops'
import { buildProgram } from './program'

const nothing = { write: () => undefined }
const unreachable = () => Promise.reject(new Error('Nothing is opened to show help.'))

function program(): Command {
  const ops = new Ops({
    ...{ out: new Output({ out: nothing, err: nothing }), progress: () => SILENT, operator: 'ann' },
    ...{ signal: new AbortController().signal, connect: unreachable, openTopic: unreachable, diagnose: unreachable },
  })
  return buildProgram(ops, allCommands(NO_VAULT), { out: nothing, err: nothing })
}

function leaves(command: Command, path: string): [string, Command][] {
  const name = `${path}${command.name()}`
  return command.commands.length === 0
    ? [[name, command]]
    : command.commands.flatMap((each) => leaves(each, `${name} `))
}
const commands = program()
  .commands.flatMap((command) => leaves(command, ''))
  .filter(([name]) => name !== 'help')

describe('every command', () => {
  it.each(commands)('%s says what it does, in text and in JSON, and shows how it is called', async (name, command) => {
    expect(command.description()).toMatch(/^[A-Z].*\.$/)
    expect(command.options.map(({ long }) => long)).toContain('--json')
    const { code, out } = await opsInMemory().run(...name.split(' '), '--help')
    expect(code).toBe(0)
    expect(out).toContain(`npm run --silent ops -- ${name}`)
  })

  it.each([
    [['nonsense']],
    [['streams', 'list', '--limit', '0']],
    [['streams', 'show']],
    [['events', 'show', 'no-id']],
    [['events', 'tail', '--from', '-1']],
    [['events', 'tail', '--type', 'NeverHeardOf']],
    [['timers', 'list', '--until', 'tomorrow']],
    [['deliveries', 'list', '--status', 'lost']],
    [['deliveries', 'retry', '--from', '2026-07-02', '--to', '2026-07-01']],
    [['dlq', 'retry']],
    [['dlq', 'drop', 'x']],
    [['projections', 'pause', 'never.heard_of', '--reason', 'x']],
    [['replay', '--from', '0']],
    [['replay', '--from', '0', '--topic', 'billstream.events.invoicing']],
    [['replay', '--from', '50', '--to', '3', '--dry-run']],
    [['timers', 'list', '--owner', 'nobody']],
    [['projections', 'pause', 'invoicing.fee', '--reason', ' ']],
    [['dlq', 'retry', 'x', '--consumer', 'c']],
    [['invoices', 'rederive']],
    [['backup']],
    [['restore', 'b.tar.gz']],
  ])('called wrongly ends with 2 and names the argument: %j', async (argv) => {
    const { code, out, err } = await opsInMemory().run(...argv)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).not.toBe('')
  })

  it.each([
    [2, 'wrong_usage', ['nonsense']],
    [2, 'wrong_usage', ['streams']],
    [2, 'wrong_usage', ['streams', 'list', '--limit', '0']],
    [2, 'wrong_usage', ['dlq', 'retry']],
    [1, 'refused', ['streams', 'show', 'invoice-none']],
  ])('that fails for machines ends with %i and one JSON object: %s, %j', async (exitCode, errorCode, argv) => {
    const { code, out, err } = await opsInMemory().run(...argv, '--json')
    expect([code, out]).toEqual([exitCode, ''])
    const { error } = JSON.parse(err) as { error: { code: string; message: string } }
    expect(error).toEqual({ code: errorCode, message: expect.stringMatching(/^(?!error:)./) as string })
  })

  it('that meets a bug or something that is away says so, for people and for machines', async () => {
    const ops = opsInMemory()
    const failing = async (error: Error, ...more: string[]) => {
      ops.ports.eventStore.head = () => Promise.reject(error)
      return ops.run('events', 'tail', ...more)
    }
    expect(await failing(new StoreUnavailable('away'))).toEqual({ code: 3, out: '', err: 'Out of reach: away\n' })
    const away = await failing(new StoreUnavailable('away'), '--json')
    expect(JSON.parse(away.err)).toEqual({ error: { code: 'unavailable', message: 'Out of reach: away' } })
    const bug = await failing(new Error('a bug'), '--json')
    expect([bug.code, JSON.parse(bug.err)]).toMatchObject([70, { error: { code: 'failed', message: 'a bug' } }])
    expect((await failing(new Error('a bug'))).err).toContain('program.spec')
  })

  it.each([
    [['streams', 'show', 'invoice-none']],
    [['events', 'show', '00000000-0000-5000-8000-00000000dead']],
    [['dlq', 'show', 'none']],
    [['dlq', 'retry', 'none']],
    [['dlq', 'drop', 'none', '--reason', 'x']],
    [['projections', 'resume', 'invoicing.fee']],
    [['invoices', 'explain', '00000000-0000-5000-8000-00000000dead']],
    [['customers', 'erase', '00000000-0000-5000-8000-00000000dead']],
    [['organizations', 'halt', '00000000-0000-5000-8000-00000000dead', '--reason', 'x']],
  ])('asked for what is not there ends with 1: %j', async (argv) => {
    const { code, err } = await opsInMemory().run(...argv)
    expect([code, err.trim().split('\n').length]).toEqual([1, 1])
  })
})
