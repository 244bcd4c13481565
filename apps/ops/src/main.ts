// First, so that Ctrl-C is heard while the rest is loaded.
import { interruption } from './composition/interruption'
import { userInfo } from 'node:os'
import { createLog } from '@billstream/platform'
import { diagnosePlatform } from './composition/diagnose-platform'
import { kafkaTopics } from './composition/kafka-topic'
import { embeddedVault } from './composition/embedded-vault'
import { openPlatform, type OpenedPlatform } from './composition/open-platform'
import { realTime } from './composition/real-time'
import { readOpsSettings } from './composition/settings'
import { failureOf } from './console/failure-of'
import { EXIT_CODES } from './console/outcome'
import { Output } from './console/output'
import { progressOn } from './console/progress'
import { watchedScan } from './console/watched-scan'
import { allCommands } from './groups'
import { Ops } from './ops'
import { buildProgram, runProgram } from './program'

async function main(): Promise<number> {
  const streams = { out: process.stdout, err: process.stderr }
  const out = new Output(streams)
  interruption.tells((failure) => out.failure(failure))
  const log = createLog(process.env['LOG_LEVEL'] ?? 'silent')
  const vault = embeddedVault(() => readOpsSettings(process.env), log)
  const progress = progressOn(process.stderr, out, realTime)
  const watch = watchedScan(interruption.signal, progress)
  let platform: OpenedPlatform | undefined
  const ops = new Ops({
    out,
    progress,
    signal: interruption.signal,
    operator: userInfo().username,
    connect: async () => (platform = await openPlatform(readOpsSettings(process.env), log, watch)).ports,
    openTopic: kafkaTopics(process.env, log),
    diagnose: () => diagnosePlatform(process.env, log),
  })
  await interruption.heard()
  try {
    return await runProgram(buildProgram(ops, allCommands(vault), streams), ops, process.argv.slice(2))
  } finally {
    await platform?.close()
  }
}

// `ops ... | head` closes the pipe: nobody reads any more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok)
  throw error
})

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    // The command has ended: what failed is the way out of the platform.
    const failure = failureOf(error)
    const out = new Output({ out: process.stdout, err: process.stderr })
    out.useJson(process.argv.includes('--json'))
    out.failure(failure)
    process.exitCode = EXIT_CODES[failure.code]
  },
)
