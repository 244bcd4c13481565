import { randomUUID } from 'node:crypto'
import { ClientKafka } from '@nestjs/microservices'
import { Kafka, logLevel } from 'kafkajs'
import { lastValueFrom } from 'rxjs'
import type { Bench } from '../../world/bench'
import { drive, type Driven } from '../../world/drive'
import { ProgramProcess } from '../../world/program-process'
import { built } from '../../world/root'

/** The topic of the requests; that of the replies has the name that Nest gives it. */
export const ECHO = 'bench.echo'
const PARTITIONS = 3

/**
 * Requests that are answered with what they say: by Nest's own transport over Kafka, between this process and one other. No HTTP,
 * no database, nothing decided: what a machine makes of request and reply over these brokers as Nest does it.
 */
export async function nestEcho(bench: Bench, brokers: string, callers: number): Promise<() => Promise<Driven>> {
  await createTopics(brokers)
  await ProgramProcess.start(bench, {
    program: process.execPath,
    arguments: [built('bench/figures/commands/nest-echo.main'), brokers],
    environment: {},
  })
  const client = new ClientKafka({ client: { brokers: [brokers], logLevel: logLevel.NOTHING } })
  client.subscribeToResponseOf(ECHO)
  bench.closers.push(() => client.close())
  await client.connect()
  const call = () => {
    const name = `customer ${randomUUID()}`
    const customer = { external_id: name, name, email: 'someone@example.com', currency: 'USD' }
    return lastValueFrom(client.send<unknown>(ECHO, { key: name, value: customer }))
  }
  return () => drive({ callers, durationMs: bench.turnMs, call })
}

async function createTopics(brokers: string): Promise<void> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topics = [ECHO, `${ECHO}.reply`].map((topic) => ({ topic, numPartitions: PARTITIONS }))
  await admin.createTopics({ topics, waitForLeaders: true })
  await admin.disconnect()
}
