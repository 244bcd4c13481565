import { createHash, timingSafeEqual } from 'node:crypto'
import {
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  Module,
  NotFoundException,
  UnauthorizedException,
  type DynamicModule,
} from '@nestjs/common'
import type { Metrics } from './metrics'

/** Who may read metrics: whoever reaches the port, nobody, or who has the token (`Authorization: Bearer ...`). */
export type MetricsAccess = 'everybody' | 'nobody' | { readonly token: string }

const METRICS = Symbol('Metrics')
const ACCESS = Symbol('MetricsAccess')

/** `GET /metrics` in Prometheus' text form. They tell nothing of a tenant, but how the platform fares. */
@Controller('metrics')
class MetricsController {
  constructor(
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(ACCESS) private readonly access: MetricsAccess,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(@Headers('authorization') authorization: string | undefined): Promise<string> {
    if (this.access === 'nobody') throw new NotFoundException()
    if (this.access !== 'everybody' && !isSame(authorization ?? '', `Bearer ${this.access.token}`)) {
      throw new UnauthorizedException('Metrics need their token.')
    }
    return this.metrics.text()
  }
}

@Module({})
export class MetricsModule {
  static register(metrics: Metrics, access: MetricsAccess): DynamicModule {
    return {
      module: MetricsModule,
      controllers: [MetricsController],
      providers: [
        { provide: METRICS, useValue: metrics },
        { provide: ACCESS, useValue: access },
      ],
    }
  }
}

/** Digests have one length, and comparing them tells nothing by its time. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
