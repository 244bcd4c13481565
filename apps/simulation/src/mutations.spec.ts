import type { NewEvent } from '@billstream/event-sourcing-core'
import type {
  Deliveries,
  EventStore,
  Numbers,
  OutboxRow,
  PlatformPorts,
  ProcessStore,
  UsageLog,
  ViewWriter,
} from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import type { PaymentProvider } from '@billstream/payment-providers-port'
import type { Mutations } from './composition/mutations'
import { runStory } from './composition/run-seed'
import { STANDARD_RATES, type FaultRates } from './faults/fault-rates'
import { BrokenInvariant } from './run/broken-invariant'
import { tellStory } from './story/tell-story'

/** A mutation that survives so many seeds is not found. */
const SEEDS_MAX = 16
const PATIENCE_MS = 600_000
/** Rough weather, so that few seeds are enough. */
const ROUGH: FaultRates = {
  ...STANDARD_RATES,
  pause: 0.002,
  crash: 0.001,
  unavailable: 0.02,
  lostAnswer: 0.06,
  lostReply: 0.1,
  repeatedMessage: 0.2,
  rebalance: 0.5,
  repeatedBatch: 0.3,
  lostProviderAnswer: 0.4,
}

/** A port with some of its methods broken; the others stay bound to it. */
function broken<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, key) => {
      const member: unknown = Reflect.get(key in methods ? methods : target, key)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** The next id of nothing, the same in each run. */
function freshIds(): () => string {
  let count = 0
  return () => derivedId('an id out of nowhere', (count += 1))
}

function withPort<Name extends keyof PlatformPorts>(
  name: Name,
  mutate: (port: PlatformPorts[Name]) => PlatformPorts[Name],
): Mutations {
  return { ports: (ports) => ({ ...ports, [name]: mutate(ports[name]) }) }
}

const MUTATIONS: Record<string, Mutations> = {
  'a process without inbox': withPort('processes', (processes: ProcessStore) =>
    broken<ProcessStore>(processes, { commit: (commit) => processes.commit({ ...commit, inbox: [] }) }),
  ),
  'an append without expected revision': withPort('eventStore', (store: EventStore) =>
    broken<EventStore>(store, { append: (stream, _expected, events) => store.append(stream, 'any', events) }),
  ),
  'event ids that do not follow from the command': withPort('eventStore', (store: EventStore) => {
    const nextId = freshIds()
    const anew = (event: NewEvent): NewEvent => ({ ...event, id: nextId() })
    return broken<EventStore>(store, {
      append: (stream, expected, events) => store.append(stream, expected, events.map(anew)),
    })
  }),
  'a process that gives each try a new command id': withPort('processes', (processes: ProcessStore) => {
    const nextId = freshIds()
    const anew = (row: OutboxRow): OutboxRow => ({ ...row, metadata: { ...row.metadata, commandId: nextId() } })
    return broken<ProcessStore>(processes, {
      pending: async (owner, limit, now) => (await processes.pending(owner, limit, now)).map(anew),
    })
  }),
  'usage that is not deduplicated': withPort('usageLog', (log: UsageLog) => {
    const nextId = freshIds()
    return broken<UsageLog>(log, {
      ingest: (batches) =>
        log.ingest(
          batches.map((batch) => ({
            ...batch,
            events: batch.events.map((event) => ({ ...event, transactionId: `${event.transactionId}-${nextId()}` })),
          })),
        ),
    })
  }),
  'a projection that ignores where the view stands': withPort('viewWriter', (writer: ViewWriter) =>
    broken<ViewWriter>(writer, {
      commit: async (projection, move, writes) => {
        const from = (await writer.checkpoint(projection)) ?? move.from
        return writer.commit(projection, { ...move, from }, writes)
      },
    }),
  ),
  'a number for each try to finalize': withPort('numbers', (numbers: Numbers) => {
    const nextId = freshIds()
    return broken<Numbers>(numbers, {
      take: async (requests) => {
        const taken = await numbers.take(requests.map((request) => ({ ...request, documentId: nextId() })))
        return new Map(requests.map(({ documentId }, index) => [documentId, [...taken.values()][index] ?? 0]))
      },
    })
  }),
  'deliveries under new ids': withPort('deliveries', (deliveries: Deliveries) => {
    const nextId = freshIds()
    return broken<Deliveries>(deliveries, {
      add: (added) => deliveries.add(added.map((delivery) => ({ ...delivery, id: nextId() }))),
    })
  }),
  'a relay that goes on from the end after a crash': {
    ports: (ports) => ({
      ...ports,
      checkpoints: broken(ports.checkpoints, { load: () => ports.eventStore.head() }),
    }),
  },
  'a follow-up that charges again instead of asking': {
    provider: (provider: PaymentProvider): PaymentProvider => {
      const nextId = freshIds()
      return broken<PaymentProvider>(provider, {
        find: () => Promise.resolve(undefined),
        charge: (request, signal) => provider.charge({ ...request, idempotencyKey: nextId() }, signal),
      })
    },
  },
}

/** The invariant that finds it; undefined when no seed does. */
async function foundBy(mutations: Mutations): Promise<string | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    try {
      await runStory(tellStory(seed), { rates: ROUGH, mutations })
    } catch (error) {
      return error instanceof BrokenInvariant ? error.invariant : String(error)
    }
  }
  return undefined
}

describe('the simulation', () => {
  it('finds nothing where nothing is broken', async () => expect(await foundBy({})).toBeUndefined(), PATIENCE_MS)
})

describe('the simulation finds', () => {
  it.each(Object.entries(MUTATIONS))(
    '%s',
    async (_, mutations) => expect(await foundBy(mutations)).toBeDefined(),
    PATIENCE_MS,
  )
})
