import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startBroker } from '@billstream/testing'
import type { Figure } from '../../figure'
import type { Goal } from '../../measure/goal'
import { percentileOf } from '../../measure/statistics'
import type { Bench } from '../../world/bench'
import type { Driven } from '../../world/drive'
import { startServices, startStandalone } from '../../world/platform'
import type { ProgramProcess } from '../../world/program-process'
import { ROOT } from '../../world/root'
import { customerLoad } from './create-customers'

export const commandEmbedded1 = embedded('command_embedded_1', { callers: 1, goal: { max: 15 } })
export const commandEmbedded8 = embedded('command_embedded_8', { callers: 8, goal: { max: 25 } })
export const commandKafka4 = overKafka('command_kafka_4', {
  ...{ callers: 4, unit: 'ms', goal: { max: 60 } },
  valueOf: p99,
})
export const commandKafka32 = overKafka('command_kafka_32', {
  ...{ callers: 32, unit: 'commands/s', goal: { min: 1_000 } },
  valueOf: ({ calls, seconds }) => calls / seconds,
})

function embedded(name: string, { callers, goal }: { callers: number; goal: Goal }): Figure {
  const how = { callers, valueOf: p99 }
  return { name, unit: 'ms', goal, prepare: (bench) => prepare(bench, () => startStandalone(bench), how) }
}

interface OverKafka extends How {
  readonly unit: string
  readonly goal: Goal
}

/** Each service in a process of its own, and a real broker between them. */
function overKafka(name: string, { unit, goal, ...how }: OverKafka): Figure {
  const start = async (bench: Bench) => {
    const starting = startBroker({ dataDir: bench.folder(), log: bench.say })
    bench.closers.push(async () => (await starting.catch(() => undefined))?.stop())
    return startServices(bench, (await starting).brokers)
  }
  return { name, unit, goal, unavailable: noBroker, prepare: (bench) => prepare(bench, () => start(bench), how) }
}

interface How {
  readonly callers: number
  valueOf(driven: Driven): number
}

async function prepare(bench: Bench, start: () => Promise<ProgramProcess>, { callers, valueOf }: How) {
  const { address } = await start()
  const load = await customerLoad(bench, address, callers)
  return { value: async () => valueOf(await load()) }
}

function p99({ latenciesMs }: Driven): number {
  return percentileOf(latenciesMs, 99)
}

interface Availability {
  readonly kind: 'docker' | 'maven' | 'none'
  readonly reason: string
}

function noBroker(): string | undefined {
  const tool = createRequire(__filename)(join(ROOT, 'tools/kafka/availability.cjs')) as {
    brokerAvailability(): Availability
  }
  const { kind, reason } = tool.brokerAvailability()
  return kind === 'none' ? `It needs an Apache Kafka broker: ${reason}.` : undefined
}
