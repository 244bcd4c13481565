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
