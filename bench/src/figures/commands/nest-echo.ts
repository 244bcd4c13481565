import { ClientKafka } from '@nestjs/microservices'
import { Kafka, logLevel } from 'kafkajs'
import { lastValueFrom, timeout } from 'rxjs'
import type { Bench } from '../../world/bench'
import { drive, type LoadTurn } from '../../world/drive'
import { startProgram } from '../../world/platform'
import { newCustomer } from './create-customers'

/** The topic of the requests; that of the replies has the name that Nest gives it. */
export const ECHO = 'bench.echo'
const PARTITIONS = 3
const REPLY_TIMEOUT_MS = 30_000

/**
 * Requests that are answered with what they say: by Nest's own transport over Kafka, between this process and one other. No HTTP,
 * no database, nothing decided: what a machine makes of request and reply over these brokers as Nest does it.
 */
export async function nestEcho(bench: Bench, brokers: string, callers: number): Promise<LoadTurn> {
  await createTopics(brokers)
  await startProgram(bench, { main: 'bench/figures/commands/nest-echo.main', more: [brokers] })
  const client = new ClientKafka({ client: { brokers: [brokers], logLevel: logLevel.NOTHING } })
  client.subscribeToResponseOf(ECHO)
  bench.closers.push(() => client.close())
  await client.connect()
  const call = () => {
    const customer = newCustomer()
    const reply = client.send<unknown>(ECHO, { key: customer.external_id, value: customer })
    return lastValueFrom(reply.pipe(timeout(REPLY_TIMEOUT_MS)))
  }
  return () => drive({ callers, durationMs: bench.turnMs, call })
}

async function createTopics(brokers: string): Promise<void> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin()
  const topics = [ECHO, `${ECHO}.reply`].map((topic) => ({ topic, numPartitions: PARTITIONS }))
  try {
    await admin.connect()
    await admin.createTopics({ topics, waitForLeaders: true })
  } finally {
    await admin.disconnect()
  }
}
