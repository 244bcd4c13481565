import { accountsEvents, OrganizationClosed, OrganizationCreated } from '@billstream/accounts-contracts'
import { accountsProjections } from '@billstream/accounts-read-model'
import { checkoutEvents } from '@billstream/checkout-contracts'
import { checkoutProjections } from '@billstream/checkout-read-model'
import {
  EventRegistry,
  rowAfter,
  type Command,
  type DomainEvent,
  type EventMetadata,
  type Projection,
  type RecordedEvent,
} from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  CommandHandling,
  createMemoryPorts,
  handleBatch,
  MemoryEventStore,
  MemoryViews,
  WakeUp,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { invoicingEvents } from '@billstream/invoicing-contracts'
import { invoicingProjections } from '@billstream/invoicing-read-model'
import { addSeconds, compareInstants, derivedId, epochMillis, instantOfMillis, type Instant } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { systemClock, systemSleeper } from '@billstream/platform'
import { subscriptionsEvents } from '@billstream/subscriptions-contracts'
import { subscriptionsProjections } from '@billstream/subscriptions-read-model'
import { fixedClock } from '@billstream/testing'
import { webhooksEvents } from '@billstream/webhooks-contracts'
import { webhooksProjections } from '@billstream/webhooks-read-model'
import type { WebhookSender } from '../src/deliver-webhooks/webhook-sender'
import { webhooksService } from '../src/webhooks.service'

export const SECRET_ID = 'hmac'
export const KEY = `whsec_${Buffer.from('the key of this organization').toString('base64')}`
const LOOKS_MAX = 20_000
const PROJECTIONS = [
  ...accountsProjections,
  ...subscriptionsProjections,
  ...invoicingProjections,
  ...checkoutProjections,
  ...webhooksProjections,
] as unknown as readonly Projection[]

/** Looks until it is so; a bound instead of a time. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isSo()) return
    await new Promise(setImmediate)
  }
  throw new Error('It never came to be so.')
}

function realTime() {
  let ahead = 0
  const clock = {
    now: () => addSeconds(systemClock.now(), ahead),
    advance: (seconds: number) => void (ahead += seconds),
  }
  return { clock, sleeper: systemSleeper, skipTo: (_instant: Instant) => undefined }
}

function virtualTime() {
  const clock = fixedClock('2026-06-01T00:00:00.000Z')
  const sleeper = {
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const end = () => {
          signal?.removeEventListener('abort', end)
          resolve()
        }
        signal?.addEventListener('abort', end)
        setImmediate(() => {
          // So little that no lease lapses under whoever is at work.
          clock.moveTo(instantOfMillis(epochMillis(clock.now()) + 1))
          end()
        })
      }),
  }
  const skipTo = (instant: Instant) => {
    if (compareInstants(instant, clock.now()) > 0) clock.moveTo(instant)
  }
  return { clock, sleeper, skipTo }
}

/**
 * The service with its real deciders, projections and ports in memory. With a sender time is virtual, and passes while nothing
 * is due; without one HTTP and time are real.
 */
export async function webhooksInMemory(options: { sender?: WebhookSender; allowLoopback?: boolean } = {}) {
  const time = options.sender ? virtualTime() : realTime()
  const memory = createMemoryPorts()
  const organizationId = testMetadata().organizationId
  /** Deliveries of the organization, oldest first. */
  const deliveriesMade = async (of = organizationId) =>
    (await memory.deliveries.list(of, { skip: 0, limit: 1_000 })).deliveries.reverse()
  const eventStore = new MemoryEventStore(time.clock)
  const views = new MemoryViews(time.sleeper)
  const logged: string[] = []
  const write = (_fields: object, message: string) => void logged.push(message)
  const log = { info: write, warn: write, error: write }
  const contracts = [accountsEvents, subscriptionsEvents, invoicingEvents, checkoutEvents, webhooksEvents]
  const events = new EventRegistry(contracts.flat())
  const platform = {
    ...memory,
    ...time,
    ...{
      events,
      eventStore,
      log,
      views,
      viewsAnywhere: views,
      viewWriter: views,
      viewRebuilds: views,
      viewProgress: views,
    },
  } as unknown as PlatformPorts
  const sent: Command[] = []
  const handlers: CommandHandling[] = []
  const bus = {
    send: async (_definition: unknown, command: Command) => {
      sent.push(command)
      const reply = await handlers[0]?.handle(command)
      await catchUp()
      return reply
    },
  } as unknown as MessageBus
  const service = webhooksService({
    ...platform,
    bus,
    webhookTargets: { allowPrivate: false, allowLoopback: options.allowLoopback ?? true },
    ...(options.sender && { webhookSender: options.sender }),
  })
  handlers.push(new CommandHandling(platform, service.aggregates))
  for (const projection of PROJECTIONS) await views.reset(projection, projection.view)

  /** Folds what is new into every view. */
  async function catchUp(): Promise<void> {
    const head = await eventStore.head()
    for (const projection of PROJECTIONS) {
      const from = (await views.checkpoint(projection)) ?? 0n
      if (from === head) continue
      const rows = new Map<string, { id: string; organization_id: string } | null>()
      for (const event of await recordedAfter(from)) {
        for (const change of projection.on[event.type]?.(event) ?? []) {
          const { id } = change
          const [stored] = rows.has(id) ? [rows.get(id)] : await views.load(projection.view, [id])
          rows.set(id, rowAfter(change, stored ?? undefined) ?? null)
        }
      }
      const upserts = [...rows.values()].filter((row) => row !== null)
      const removals = [...rows].filter(([, row]) => row === null).map(([id]) => id)
      await views.commit(projection, { from, to: head }, { view: projection.view, upserts, removals })
    }
  }

  async function recordedAfter(position: bigint): Promise<readonly RecordedEvent[]> {
    const stop = new AbortController()
    for await (const batch of eventStore.subscribe(position, { signal: stop.signal })) return batch.events
    return []
  }

  let recordedCount = 0
  /** Records facts of other contexts; gives them back as they were recorded. */
  async function record(stream: string, facts: readonly DomainEvent[], metadata: Partial<EventMetadata> = {}) {
    const { now, ...rest } = testMetadata()
    const appended = await eventStore.append(
      stream,
      'any',
      facts.map((fact) => ({
        ...fact,
        id: derivedId('webhooks-in-memory', (recordedCount += 1)),
        schemaVersion: events.get(fact.type).version,
        metadata: { ...rest, occurredAt: now, ...metadata },
      })),
    )
    if (!appended.ok) throw new Error(appended.error.code)
    return appended.value.events
  }

  /** Hands events to the subscribers and processes of the service, views first. */
  async function handOver(recorded: readonly RecordedEvent[]): Promise<void> {
    await catchUp()
    for (const { types, handle } of service.subscribers) {
      const known = recorded.filter(({ type }) => types.includes(type))
      if (known.length > 0) await handle(known)
    }
  }

  /** Sends what the processes want of these events. */
  async function react(recorded: readonly RecordedEvent[]): Promise<void> {
    for (const process of service.processes) {
      await handleBatch(process, { processes: memory.processes, clock: time.clock }, recorded)
    }
    for (const row of await memory.processes.pending('webhooks', 100, time.clock.now())) {
      await handlers[0]?.handle({ type: row.type, data: row.data, metadata: row.metadata })
      await memory.processes.settle([{ kind: 'done', row }])
    }
    await catchUp()
  }

  async function happened(stream: string, facts: readonly DomainEvent[], metadata: Partial<EventMetadata> = {}) {
    const recorded = await record(stream, facts, metadata)
    await handOver(recorded)
    return recorded
  }

  async function organizationOpened(organizationId: string): Promise<void> {
    await memory.secrets.put(organizationId, SECRET_ID, JSON.stringify({ current: KEY, previous: null }))
    const created = OrganizationCreated({
      organizationId,
      slug: organizationId,
      test: true,
      name: 'Example',
      defaultCurrency: 'EUR',
      timezone: 'UTC',
      logoUrl: null,
      portalAccentColor: null,
      portalWelcomeMessage: null,
      hmacKeySecretId: SECRET_ID,
    })
    await happened(`organization-${organizationId}`, [created], { organizationId })
  }

  /** When nothing is due or under way, it is soon the time of the next attempt. */
  async function skipWaiting(): Promise<void> {
    const open = (await deliveriesMade()).map(({ nextAttemptAt }) => nextAttemptAt).filter((at) => at !== null)
    const [next] = open.sort(compareInstants)
    if (next !== undefined) time.skipTo(next)
  }

  /** Runs the worker until it is so. */
  async function deliverUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const stop = new AbortController()
    const running = service.workers.map((worker) => worker.run(stop.signal))
    try {
      await until(async () => {
        const so = await isSo()
        if (!so) await skipWaiting()
        return so
      })
    } finally {
      stop.abort()
      await Promise.all(running)
    }
  }

  await organizationOpened(organizationId)
  return {
    ...time,
    ...memory,
    organizationId,
    eventStore,
    views,
    logged,
    sent,
    service,
    events: recordedAfter,
    command: (command: Command) => bus.send({} as never, command),
    record,
    handOver,
    happened,
    react,
    organizationOpened,
    organizationClosed: (id: string) =>
      happened(`organization-${id}`, [OrganizationClosed({ organizationId: id })], { organizationId: id }),
    deliverUntil,
    wakeUp: new WakeUp(time.sleeper),
    deliveriesMade,
  }
}
export type WebhooksInMemory = Awaited<ReturnType<typeof webhooksInMemory>>
