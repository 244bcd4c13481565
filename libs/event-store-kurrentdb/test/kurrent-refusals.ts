import {
  ANY,
  NO_STREAM,
  NotLeaderError,
  STREAM_EXISTS,
  WrongExpectedVersionError,
  type AppendStreamState,
} from '@kurrent/kurrentdb-client'

export function isExpected(state: AppendStreamState, last: number): boolean {
  switch (state) {
    case ANY:
      return true
    case NO_STREAM:
      return last === -1
    case STREAM_EXISTS:
      return last >= 0
    default:
      return Number(state) === last
  }
}

export function wrongExpectedVersion(streamName: string, expected: AppendStreamState, last: number): Error {
  return new WrongExpectedVersionError(undefined, {
    streamName,
    expected,
    current: last < 0 ? NO_STREAM : BigInt(last),
  })
}

/** The client makes it from what the server sends with the refusal. */
export function notLeader(): Error {
  const metadata = { 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': '2113' }
  const refusal = Object.assign(new Error('Leader info available'), { metadata })
  return new NotLeaderError(refusal as unknown as ConstructorParameters<typeof NotLeaderError>[0])
}
