import { Module, type DynamicModule, type Provider } from '@nestjs/common'
import { HealthModule, MetricsModule } from '@billstream/platform'
import type { MessageBus } from '@billstream/messaging'
import { boxBillingControllers } from './apis/boxbilling/boxbilling.controllers'
import { CustomerLookup } from './apis/boxbilling/customers/customer-lookup'
import { UsageIngestion } from './apis/boxbilling/events/usage-ingestion'
import { ApiKeyMaker } from './apis/boxbilling/organizations/new-api-key'
import { OrganizationCreation } from './apis/boxbilling/organizations/organization-creation'
import { ABOUT } from './apis/boxbilling/root/root.controller'
import { ApiKeyDirectory } from './edge/authentication/api-key-directory'
import { CommandSender } from './edge/commands/command-sender'
import { CustomerTimes } from './edge/commands/customer-time'
import { GracefulStop } from './edge/graceful-stop/graceful-stop'
import type { GatewayPorts, GatewaySettings } from './edge/http/gateway-settings'
import { Upkeep } from './edge/http/upkeep'
import { DOCUMENTS, DocsController } from './edge/openapi/docs.controller'
import { GatewayReads } from './edge/queries/gateway-reads'
import { openApiDocuments } from './open-api-documents'

export interface GatewayParts {
  readonly ports: GatewayPorts
  readonly bus: MessageBus
  readonly settings: GatewaySettings
  readonly keys: ApiKeyDirectory
  readonly upkeep: Upkeep
  readonly gracefulStop: GracefulStop
}

/** Every public API with its documents and the health of the process. */
@Module({})
export class GatewayModule {
  static register(parts: GatewayParts): DynamicModule {
    const { gracefulStop, settings } = parts
    const { ready, signals } = settings
    return {
      module: GatewayModule,
      imports: [
        HealthModule.register(() => gracefulStop.isOpen && ready()),
        ...(signals ? [MetricsModule.register(signals.metrics, signals.metricsAccess)] : []),
      ],
      controllers: [...boxBillingControllers, DocsController],
      providers: [...edgeProviders(parts), ...boxBillingProviders(parts)],
    }
  }
}

function edgeProviders({ ports, bus, keys, upkeep, gracefulStop }: GatewayParts): Provider[] {
  return [
    { provide: ApiKeyDirectory, useValue: keys },
    { provide: Upkeep, useValue: upkeep },
    { provide: GracefulStop, useValue: gracefulStop },
    { provide: CommandSender, useValue: new CommandSender(ports, bus) },
    { provide: CustomerTimes, useValue: new CustomerTimes(ports) },
    { provide: GatewayReads, useValue: new GatewayReads(ports) },
    { provide: DOCUMENTS, useFactory: openApiDocuments },
  ]
}

function boxBillingProviders({ bus, settings }: GatewayParts): Provider[] {
  const { version, domain, serverSecret } = settings
  return [
    { provide: ABOUT, useValue: { version, domain } },
    { provide: ApiKeyMaker, useValue: new ApiKeyMaker(serverSecret) },
    {
      provide: UsageIngestion,
      useFactory: (reads: GatewayReads) => new UsageIngestion(bus, reads),
      inject: [GatewayReads],
    },
    {
      provide: CustomerLookup,
      useFactory: (reads: GatewayReads, times: CustomerTimes) => new CustomerLookup(reads, times),
      inject: [GatewayReads, CustomerTimes],
    },
    {
      provide: OrganizationCreation,
      useFactory: (commands: CommandSender, reads: GatewayReads, maker: ApiKeyMaker) =>
        new OrganizationCreation(commands, reads, maker),
      inject: [CommandSender, GatewayReads, ApiKeyMaker],
    },
  ]
}
