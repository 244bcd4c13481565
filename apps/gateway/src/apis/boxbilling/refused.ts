import { refuse } from '@billstream/kernel'
import { Refused } from '../../edge/commands/refused'
import type { RefusalCode } from './refusal-codes'

/** A refusal of the edge itself, told as one of the core. */
export function refused(code: RefusalCode, message: string, field?: string): Refused {
  return new Refused(refuse(code, message, field).error)
}

/** The row, or the refusal where there is none. */
export function found<Row>(row: Row | undefined, code: RefusalCode, message: string, field?: string): Row {
  if (row === undefined) throw refused(code, message, field)
  return row
}
