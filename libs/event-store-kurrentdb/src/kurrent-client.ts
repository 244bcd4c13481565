import type {
  AllStreamResolvedEvent,
  AppendResult,
  AppendStreamState,
  BACKWARDS,
  END,
  Filter,
  JSONEventData,
  Position,
  ResolvedEvent,
  START,
} from '@kurrent/kurrentdb-client'

/**
 * A subscription of the client, a stream of Node: events in log order until an error or the end. It does not begin again by
 * itself, and one that its own client has ended says nothing.
 */
export interface KurrentSubscription {
  on(event: 'readable' | 'end', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  read(): AllStreamResolvedEvent | null
  unsubscribe(): Promise<void>
  destroy(): unknown
}

/**
 * What the adapter uses of the client, in the client's own words: `KurrentDBClient` is one, and so is the server in memory
 * that the specs run on. Calls throw the client's errors.
 */
export interface KurrentClient {
  /** Throws WrongExpectedVersionError; answers an append that is recorded already like a new one. */
  appendToStream(
    stream: string,
    events: JSONEventData[],
    options: { streamState: AppendStreamState; requiresLeader: boolean; deadline: number },
  ): Promise<Pick<AppendResult, 'success'>>
  /** Throws StreamNotFoundError. */
  readStream(
    stream: string,
    options: { fromRevision: bigint; maxCount: number; requiresLeader: boolean },
  ): AsyncIterableIterator<ResolvedEvent>
  readAll(options: {
    direction: typeof BACKWARDS
    fromPosition: typeof END
    maxCount: number
    filter: Filter
    requiresLeader: boolean
  }): AsyncIterableIterator<AllStreamResolvedEvent>
  /** Everything after the position. */
  subscribeToAll(
    options: { fromPosition: typeof START | Position; filter: Filter },
    readable: { highWaterMark: number },
  ): KurrentSubscription
  /** Ends all streams of the client; its subscriptions end without a word. */
  dispose(): Promise<void>
}

/** What the client says of a server that is too old to tell. */
const UNKNOWN = 'unknown'

/** The server's version; undefined where it tells none. The client knows it, but shows it to its own classes only. */
export async function serverVersionOf(client: KurrentClient): Promise<string | undefined> {
  const { capabilities } = client as { capabilities?: Promise<{ readonly serverVersion?: string }> }
  const version = (await capabilities)?.serverVersion
  return version === UNKNOWN ? undefined : version
}
