import { Command, CommanderError } from 'commander'
import { failureOf } from './console/failure-of'
import { CommandEnded, EXIT_CODES, type Failure } from './console/outcome'
import type { OutputStreams } from './console/output'
import { safeText } from './console/safe-text'
import { BROKEN_OFF, type Ops } from './ops'

const SETTINGS_HELP = `
Settings are those of the platform, from the environment:
  DATABASE_URL      PostgreSQL; without it the embedded one of DATA_DIR, running or started for the command
  DATA_DIR          folder of the embedded profile (.data)
  SERVER_SECRET     as the platform has it; without it the one that npm start keeps in DATA_DIR
  EVENT_STORE_URL   KurrentDB, when the platform keeps its events there

Exit codes: 0 done, 1 differences found or refused, 2 wrong usage, 3 something is out of reach, 130 interrupted.`

export type RegisterCommands = (program: Command, ops: Ops) => void

/** The command line: every group of commands, with errors that name the argument. */
export function buildProgram(ops: Ops, groups: readonly RegisterCommands[], streams: OutputStreams): Command {
  const program = new Command('ops')
    .description('Looks inside a Billstream platform and operates it.')
    .addHelpText('after', SETTINGS_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      // For machines the same is said as JSON, once.
      writeErr: (text) => void (ops.out.forMachines || streams.err.write(safeText(text))),
    })
    .showHelpAfterError('(--help shows how it is called)')
    .hook('preAction', (_, command) => ops.out.useJson(command.opts<{ json?: boolean }>().json === true))
  for (const register of groups) register(program, ops)
  return program
}

/** Runs one command line (without node and the script); resolves with the exit code. Whatever is thrown is said. */
export async function runProgram(program: Command, ops: Ops, argv: readonly string[]): Promise<number> {
  // A call that is wrong never gets as far as its options.
  ops.out.useJson(argv.includes('--json'))
  try {
    await program.parseAsync(argv, { from: 'user' })
    return ops.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return wrongCall(error, ops)
    const isInterrupted = ops.signal.aborted && !(error instanceof CommandEnded)
    const failure: Failure = isInterrupted ? { code: 'interrupted', message: BROKEN_OFF } : failureOf(error)
    ops.out.failure(failure)
    return EXIT_CODES[failure.code]
  }
}

/** For people the parser has said it already, with the help. */
function wrongCall({ exitCode, code, message }: CommanderError, { out }: Ops): number {
  if (exitCode === 0) return EXIT_CODES.ok
  const said = code === 'commander.help' ? 'a command is missing; --help lists them' : message.replace(/^error: /, '')
  if (out.forMachines) out.failure({ code: 'wrong_usage', message: said })
  return EXIT_CODES.wrong_usage
}
