import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { HealthModule, type IsReady } from '@billstream/platform'

export interface HealthServer {
  readonly address: string
  close(): Promise<void>
}

/** Answers `/health/live` and `/health/ready` of a process that has no other HTTP. port 0: a free one. */
export async function startHealthServer(
  { host, port }: { host: string; port: number },
  isReady: IsReady,
): Promise<HealthServer> {
  const application = await NestFactory.create<NestFastifyApplication>(
    HealthModule.register(isReady),
    new FastifyAdapter(),
    { logger: false },
  )
  await application.listen(port, host)
  return { address: await application.getUrl(), close: () => application.close() }
}
