import type { ClientConfig } from 'pg'
import { postgresTypes } from './postgres-values'

const CONNECT_TIMEOUT_MS = 5_000

/** What a session is started with: its role and settings that parsing relies on. */
export interface SessionSettings {
  readonly role?: string
  readonly applicationName: string
  readonly statementTimeoutMs?: number
}

/**
 * The driver's configuration of a session. The role is a startup option: it holds from the first statement on, and RESET
 * falls back to it, never to the owner. Options that the connection string brings itself are kept.
 */
export function connectionSettings(connectionString: string, settings: SessionSettings): ClientConfig {
  const url = new URL(connectionString)
  const given = url.searchParams.get('options')
  url.searchParams.delete('options')
  // Parsing of instants relies on the first two. Compiling short statements costs more than running them.
  const options = ['-c TimeZone=UTC', '-c DateStyle=ISO', '-c jit=off']
  if (settings.role) options.push(`-c role=${settings.role}`)
  if (settings.statementTimeoutMs) options.push(`-c statement_timeout=${settings.statementTimeoutMs}`)
  return {
    connectionString: url.toString(),
    options: [given, ...options].filter(Boolean).join(' '),
    application_name: settings.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: postgresTypes,
  }
}
