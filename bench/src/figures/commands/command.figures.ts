import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startBroker } from '@billstream/testing'
import type { Figure } from '../../figure'
import type { Goal } from '../../measure/goal'
import type { Measurement } from '../../measure/rounds'
import { percentileOf } from '../../measure/statistics'
import { untilSteady, WARM_UP_TURNS_MAX } from '../../measure/steady'
import type { Bench } from '../../world/bench'
import { perSecond, type Driven, type LoadTurn } from '../../world/drive'
import { startServices, startStandalone } from '../../world/platform'
import { ROOT } from '../../world/root'
import { customerLoad } from './create-customers'
import { nestEcho } from './nest-echo'

export const commandEmbedded1 = embedded('command_embedded_1', { callers: 1, goal: { max: 15 } })
export const commandEmbedded8 = embedded('command_embedded_8', { callers: 8, goal: { max: 25 } })
export const commandKafka4 = overKafka('command_kafka_4', {
  ...{ callers: 4, unit: 'ms', goal: { max: 60 } },
  valueOf: p99,
})
export const commandKafka32 = overKafka('command_kafka_32', {
  ...{ callers: 32, unit: 'commands/s', goal: { min: 1_000 }, beside: nestEcho },
  valueOf: perSecond,
})

interface How {
  readonly callers: number
  valueOf(driven: Driven): number
}

function embedded(name: string, { callers, goal }: { callers: number; goal: Goal }): Figure {
  return {
    ...{ name, unit: 'ms', goal },
    async prepare(bench) {
      const { address } = await startStandalone(bench)
      const value = await customerLoad(bench, address, callers)
      return measurement(bench, { value }, p99)
    },
  }
}

interface OverKafka extends How {
  readonly unit: string
  readonly goal: Goal
  /** The load of the reference, on the same brokers. */
  beside?(bench: Bench, brokers: string, callers: number): Promise<LoadTurn>
}

/** Each service in a process of its own, and a real broker between them. */
function overKafka(name: string, { unit, goal, callers, valueOf, beside }: OverKafka): Figure {
  return {
    ...{ name, unit, goal, unavailable: noBroker },
    async prepare(bench) {
      const starting = startBroker({ dataDir: bench.folder(), log: bench.say })
      bench.closers.push(async () => (await starting.catch(() => undefined))?.stop())
      const { brokers } = await starting
      const { address } = await startServices(bench, brokers)
      const value = await customerLoad(bench, address, callers)
      const reference = await beside?.(bench, brokers, callers)
      return measurement(bench, { value, ...(reference && { reference }) }, valueOf)
    },
  }
}

/** Warmed up, the reference and the value in turns. */
async function measurement(
  bench: Bench,
  { value, reference }: { value: LoadTurn; reference?: LoadTurn },
  valueOf: How['valueOf'],
): Promise<Measurement> {
  const rates = [...(reference ? [reference] : []), value].map((load) => async () => perSecond(await load()))
  await untilSteady(rates, bench.size(WARM_UP_TURNS_MAX, 1))
  return {
    value: async () => valueOf(await value()),
    ...(reference && { reference: async () => valueOf(await reference()) }),
  }
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
