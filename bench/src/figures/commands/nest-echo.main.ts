import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ServerKafka, type MicroserviceOptions } from '@nestjs/microservices'
import { ECHO } from './nest-echo'

@Module({})
class EchoModule {}

/** Answers each request with what it says, by Nest's own transport over Kafka, in a process of its own. */
async function main(brokers: string): Promise<void> {
  const server = new ServerKafka({ client: { brokers: [brokers] }, consumer: { groupId: 'bench-echo' } })
  server.addHandler(ECHO, (said: unknown) => Promise.resolve(said))
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(EchoModule, {
    ...{ strategy: server, logger: false },
  })
  await service.listen()
  process.on('SIGINT', () => void service.close().finally(() => process.exit(0)))
  // What whoever starts a program waits for; nobody calls this one by HTTP.
  process.stdout.write('The echo is ready at http://kafka\n')
}

const [brokers = ''] = process.argv.slice(2)
void main(brokers)
