import {
  Controller,
  Get,
  Header,
  Inject,
  Module,
  ServiceUnavailableException,
  type DynamicModule,
} from '@nestjs/common'

/** Whether requests can be served now; must not throw. */
export type IsReady = () => boolean | Promise<boolean>

const IS_READY = Symbol('IsReady')

/** `GET /health/live`: the process runs. `GET /health/ready`: it can serve, else 503. */
@Controller('health')
class HealthController {
  constructor(@Inject(IS_READY) private readonly isReady: IsReady) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  live() {
    return { status: 'ok' }
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready() {
    if (!(await this.isReady())) throw new ServiceUnavailableException('Not ready yet.')
    return { status: 'ok' }
  }
}

@Module({})
export class HealthModule {
  static register(isReady: IsReady): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController],
      providers: [{ provide: IS_READY, useValue: isReady }],
    }
  }
}
