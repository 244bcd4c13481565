import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { MessageBus } from '@billstream/messaging'
import { presentBoxBillingError } from './apis/boxbilling/boxbilling.api'
import { boxBillingControllers } from './apis/boxbilling/boxbilling.controllers'
import { ApiKeyDirectory } from './edge/authentication/api-key-directory'
import { Authenticator } from './edge/authentication/authenticator'
import { KeyUseRecorder } from './edge/authentication/key-use-recorder'
import { GracefulStop } from './edge/graceful-stop/graceful-stop'
import { createHttpApplication } from './edge/http/create-http-application'
import { EdgeFilter } from './edge/http/edge.filter'
import type { GatewayPorts, GatewaySettings } from './edge/http/gateway-settings'
import { RouteTable } from './edge/http/route-table'
import { Upkeep } from './edge/http/upkeep'
import { Idempotency } from './edge/idempotency/idempotency'
import { operationsOfControllers } from './edge/openapi/operations-of'
import { OperationRunner } from './edge/operation/operation-runner'
import { RateLimiter } from './edge/rate-limits/rate-limiter'
import { GatewayModule } from './gateway.module'

/**
 * The public HTTP side, ready to listen. Reads views, sends commands over the bus; has no rules of its own.
 * Closing the application answers what has come, and ends its loops.
 */
export async function createGateway(
  ports: GatewayPorts,
  bus: MessageBus,
  settings: GatewaySettings,
): Promise<NestFastifyApplication> {
  const keys = new ApiKeyDirectory(ports)
  const limiter = new RateLimiter(ports.counters, ports.clock)
  const uses = new KeyUseRecorder(ports)
  const upkeep = new Upkeep(ports, limiter, uses)
  const gracefulStop = new GracefulStop(ports, settings.drainMs)
  const runner = new OperationRunner({
    authenticator: new Authenticator(keys, ports.clock, { adminSecret: settings.adminSecret, uses }),
    limiter,
    limits: settings.rateLimits,
    idempotency: new Idempotency(ports),
    ports,
  })
  const routes = new RouteTable(operationsOfControllers(boxBillingControllers))
  const application = await createHttpApplication({
    module: GatewayModule.register({ ports, bus, settings, keys, upkeep, gracefulStop }),
    runner,
    filter: new EdgeFilter(ports.log, presentBoxBillingError, routes),
    presentError: presentBoxBillingError,
    corsOrigins: settings.corsOrigins,
    signals: settings.signals,
    ports,
  })
  gracefulStop.watch(application.getHttpAdapter().getInstance())
  await application.init()
  await application.getHttpAdapter().getInstance().ready()
  return application
}
