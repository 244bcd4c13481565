/**
 * An instant in UTC, ISO 8601: `YYYY-MM-DDTHH:mm:ss.mmmZ`, with six fractional digits only where there are microseconds.
 * Read from outside by `parseInstant`, compared by `compareInstants` and never as text.
 */
export type Instant = string

/** Real time as a port: domain code never asks a clock, it is told the time in the command. */
export interface Clock {
  now(): Instant
}
