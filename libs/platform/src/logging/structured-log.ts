import type { Log } from '@billstream/event-sourcing-runtime'
import { ConsoleLogger, type LoggerService } from '@nestjs/common'
import { pino, type DestinationStream } from 'pino'
import { standardOutput } from './standard-output'
import { withoutSecrets } from './without-secrets'

/**
 * Structured logs, one JSON object a line, by default to standard output. level: a level of pino, or `silent`.
 * Secrets and card data are cut out, however deep they lie: see `withoutSecrets`.
 */
export function createLog(level: string, destination: DestinationStream = standardOutput()): Log {
  const options = {
    level,
    base: null,
    formatters: { log: (fields: Record<string, unknown>) => withoutSecrets(fields) as Record<string, unknown> },
    // An error is a plain object by then; pino would take it for one of another type.
    serializers: { err: (written: unknown) => written },
  }
  const logger = pino(options, destination)
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}

/** Nest's own messages in the same form; its chatter about modules and routes is left out. */
export function nestLogger(log: Log): LoggerService {
  return new NestLog(log)
}

class NestLog extends ConsoleLogger {
  constructor(private readonly log_: Log) {
    super()
  }

  override log(): void {}
  override debug(): void {}
  override verbose(): void {}

  override warn(message: unknown): void {
    this.log_.warn({ source: 'nest' }, String(message))
  }

  override error(message: unknown, stack?: string): void {
    this.log_.error({ source: 'nest', ...(stack !== undefined && { stack }) }, String(message))
  }

  override fatal(message: unknown): void {
    this.log_.error({ source: 'nest' }, String(message))
  }
}
