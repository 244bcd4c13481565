import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { HealthModule, MetricsModule, type IsReady, type Metrics, type MetricsAccess } from '@billstream/platform'

export interface HealthServer {
  readonly address: string
  close(): Promise<void>
}

export interface InsideHttp {
  readonly isReady: IsReady
  readonly metrics: Metrics
  readonly access: MetricsAccess
}

/** Answers `/health/live`, `/health/ready` and `/metrics` of a process that has no other HTTP. port 0: a free one. */
export async function startHealthServer(
  { host, port }: { host: string; port: number },
  { isReady, metrics, access }: InsideHttp,
): Promise<HealthServer> {
  @Module({ imports: [HealthModule.register(isReady), MetricsModule.register(metrics, access)] })
  class InsideModule {}

  const application = await NestFactory.create<NestFastifyApplication>(InsideModule, new FastifyAdapter(), {
    logger: false,
  })
  await application.listen(port, host)
  return { address: await application.getUrl(), close: () => application.close() }
}
