import { EmbeddedServerUnavailable } from '@billstream/embedded-server'
import { RolesMissing, TenantsNotSeparated } from '@billstream/persistence-postgres'
import { CannotStart } from './cannot-start'
import { SettingsInvalid } from '../settings/setting-reader'

const KNOWN = [SettingsInvalid, CannotStart, EmbeddedServerUnavailable, RolesMissing, TenantsNotSeparated]

/** Whether an operator can mend what ended a start: its message says how, and no stack is of use. */
export function canBeMended(error: unknown): error is Error {
  return KNOWN.some((kind) => error instanceof kind)
}
