/** Infrastructure that is out of reach. Nobody catches these but the retry around the call and the filter that answers 503. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable'
}

/** A view has not reached the position that an answer or a decision needs. Temporary. */
export class ViewsBehind extends Error {
  override readonly name = 'ViewsBehind'
}

const INFRASTRUCTURE = new Set([
  'StoreUnavailable',
  'BrokerUnavailable',
  'ViewsBehind',
  'ReplyTimedOut',
  'ProviderUnavailable',
  'AbortError',
])
/** Codes of the network and of PostgreSQL (connection lost, shutting down, too many connections, deadlock, serialization). */
const INFRASTRUCTURE_CODE = /^(E[A-Z]+|08\w{3}|57\w{3}|53\w{3}|40001|40P01)$/

/** Infrastructure failures are repeated without counting; everything else is the message's own. */
export function isInfrastructureFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return INFRASTRUCTURE.has(error.name) || (typeof code === 'string' && INFRASTRUCTURE_CODE.test(code))
}
