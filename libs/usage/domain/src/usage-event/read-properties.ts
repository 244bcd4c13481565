import { parse as parseLossless } from 'lossless-json'
import { ok, refuse, type Result } from '@billstream/kernel'

/** A number that the plain parser may not hold exactly: 16 or more digits and points, or an exponent. */
const LONG_NUMBER = /[[:,]\s*-?(?:[\d.]{16}|[\d.]+[eE])/

/**
 * The properties of a usage event from their JSON text; numbers that a float cannot hold keep their text.
 * Error: `invalid_properties`, unless it is an object.
 */
export function readProperties(text: string): Result<Readonly<Record<string, unknown>>, 'invalid_properties'> {
  const value = readJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('invalid_properties', 'Properties are an object.', 'properties')
  }
  return ok(value as Record<string, unknown>)
}

function readJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? parseLossless(text) : (JSON.parse(text) as unknown)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
