import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ProgressBoard, ServiceRuntime, type ServiceDefinition } from '@billstream/event-sourcing-runtime'
import { KafkaStrategy } from '@billstream/messaging-kafka'
import { ServiceHostModule } from '@billstream/platform'
import { loopsOfServices } from '../platform-map'
import { readConsumerLags } from '../signals/lags'
import { observedService } from '../signals/observed-service'
import type { OpenSignals } from '../signals/open-signals'
import type { Closers } from './closers'
import type { Joined } from './join-brokers'
import { pacedStore } from './paced-store'

/** How much later a rule may see an event that sets a timer, in milliseconds: timers are due in minutes and days. */
const TIMER_RULES_REST_MS = 100

/**
 * A service at work: it takes its commands, queries and events from Kafka, and its timers and calls from its ports. How to stop
 * it is given to `closers`. The answer knows whether the service has all its groups.
 */
export async function serveOverKafka(
  definition: ServiceDefinition,
  joined: Joined,
  closers: Closers,
  signals?: OpenSignals,
): Promise<KafkaStrategy> {
  const { ports } = joined
  const board = new ProgressBoard()
  const { eventStore, close } = pacedStore(ports, TIMER_RULES_REST_MS)
  closers.push(() => Promise.resolve(close()))
  const runtime = new ServiceRuntime(definition, { ...ports, eventStore }, ports.bus, board)
  signals?.metrics.readWith(readConsumerLags(() => board.positions(), ports))
  const strategy = strategyOf(runtime, joined)
  const served = signals ? observedService(runtime, signals) : runtime
  const onFailure = (error: unknown) =>
    ports.log.error({ err: error, service: definition.context }, 'A message failed.')

  @Module({ imports: [ServiceHostModule.forService(served, onFailure)] })
  class ServiceModule {}

  const microservice = await NestFactory.createMicroservice(ServiceModule, { strategy, logger: false })
  closers.push(() => microservice.close())
  await microservice.listen()
  const stopping = new AbortController()
  const running = runtime.run(stopping.signal)
  closers.push(async () => {
    stopping.abort()
    await running
  })
  return strategy
}

function strategyOf(
  { definition, consumers }: ServiceRuntime,
  { kafka, outgoing, seal, ports }: Joined,
): KafkaStrategy {
  const { bells, clock, log } = ports
  const feed = {
    group: definition.context,
    from: loopsOfServices.listensTo.get(definition.context) ?? [],
    types: consumers.types,
    dealt: () => consumers.refresh(),
  }
  return new KafkaStrategy({ connection: kafka, outgoing, seal, bells, clock, log, feeds: [feed] })
}
