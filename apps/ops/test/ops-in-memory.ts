import { rowAfter, type DomainEvent, type Projection, type RecordedEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  createMemoryPorts,
  MemoryCheckpoints,
  MemoryEventStore,
  MemoryUsageLog,
  MemoryViews,
  ScannedEventIndex,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { derivedId, timeOrderedId } from '@billstream/kernel'
import { allProjections, eventRegistry, loopsOfServices } from '@billstream/hosting'
import { fixedClock } from '@billstream/testing'
import type { Vault } from '../src/backup/vault'
import { Output } from '../src/console/output'
import { SILENT } from '../src/console/progress'
import type { Diagnosis, Readers } from '../src/doctor/finding'
import { allCommands } from '../src/groups'
import { Ops, type OpsPorts } from '../src/ops'
import { buildProgram, runProgram } from '../src/program'
import type { PublishableEvent } from '../src/replay/replay-events'

export const organizationId = testMetadata().organizationId

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Caused {
  readonly stream: string
  /** Of the command; a new one by default. */
  readonly commandId?: string
  readonly commandType?: string
  readonly causationId?: string
  readonly organizationId?: string
}

interface Surroundings extends Partial<Readers> {
  /** false: the event store is away. */
  readonly storeAnswers?: boolean
  /** Ctrl-C comes as soon as a command has opened the platform. */
  readonly isInterrupted?: boolean
}

const noFolder = () => Promise.reject(new Error('There is no embedded profile in memory.'))
export const NO_VAULT: Vault = { backup: noFolder, restore: noFolder }

/** The tool on the memory adapters of every port. */
export function opsInMemory(surroundings: Surroundings = {}) {
  const { ways = [], timerRules = [], isInterrupted = false, storeAnswers = true } = surroundings
  /** Of the command that runs. */
  const running = { signal: new AbortController().signal }
  const clock = fixedClock('2026-07-01T00:00:00.000Z')
  const eventStore = new MemoryEventStore(clock)
  const memory = createMemoryPorts()
  const sleeper = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
  const views = new MemoryViews(sleeper, memory.projectionControls)
  const ports = {
    ...memory,
    ...{ clock, eventStore, sleeper, events: eventRegistry, ids: { next: timeOrderedId } },
    ...{ views, viewsAnywhere: views, viewWriter: views, viewProgress: views, viewRebuilds: views },
    ...{ usageLog: new MemoryUsageLog(), checkpoints: new MemoryCheckpoints() },
    ...{ eventIndex: new ScannedEventIndex(eventStore, running), projections: allProjections },
    consumers: loopsOfServices.consumers,
  } as unknown as OpsPorts & PlatformPorts
  const published: PublishableEvent[] = []
  const diagnosis: Diagnosis = { findings: [], canOpen: true, storeAnswers, readers: { ways, timerRules } }

  return {
    ports,
    clock,
    published,
    /** Records facts as one command does. Returns them as recorded. */
    async record(facts: readonly DomainEvent[], caused: Caused): Promise<readonly RecordedEvent[]> {
      const commandId = caused.commandId ?? timeOrderedId()
      const { now, ...rest } = testMetadata()
      const metadata = {
        ...{ ...rest, commandId, occurredAt: now, organizationId: caused.organizationId ?? organizationId },
        causationId: caused.causationId ?? commandId,
        ...(caused.commandType !== undefined && { commandType: caused.commandType }),
      }
      const events = facts.map((fact, index) => {
        const schemaVersion = eventRegistry.has(fact.type) ? eventRegistry.get(fact.type).version : 1
        return { ...fact, id: derivedId('event', commandId, index), schemaVersion, metadata }
      })
      const appended = await eventStore.append(caused.stream, 'any', events)
      if (!appended.ok) throw new Error(appended.error.message)
      return appended.value.events
    },
    /** Folds everything that is stored into the views, as the projector does. */
    async project(): Promise<void> {
      const head = await eventStore.head()
      for (const projection of allProjections) await fold(projection, head)
    },
    async run(...argv: string[]): Promise<Ran> {
      const said = { out: '', err: '' }
      const stop = new AbortController()
      running.signal = stop.signal
      const streams = {
        out: { write: (text: string) => (said.out += text) },
        err: { write: (text: string) => (said.err += text) },
      }
      const ops = new Ops({
        ...{ out: new Output(streams), progress: () => SILENT, operator: 'ann' },
        signal: stop.signal,
        connect: () => {
          if (isInterrupted) stop.abort()
          return Promise.resolve(ports)
        },
        openTopic: () =>
          Promise.resolve({
            publish: (events) => Promise.resolve(void published.push(...events)),
            close: () => Promise.resolve(),
          }),
        diagnose: () => Promise.resolve(diagnosis),
      })
      return { code: await runProgram(buildProgram(ops, allCommands(NO_VAULT), streams), ops, argv), ...said }
    },
    /** What a command prints with --json. */
    async json<T>(...argv: string[]): Promise<T> {
      const { out, err } = await this.run(...argv, '--json')
      if (out === '') throw new Error(err)
      return JSON.parse(out) as T
    },
  }

  async function fold(projection: Projection, head: bigint): Promise<void> {
    if ((await views.checkpoint(projection)) === undefined) await views.reset(projection, projection.view)
    const from = (await views.checkpoint(projection)) ?? 0n
    if (head <= from) return
    for await (const { events, reached } of eventStore.subscribe(from)) {
      for (const event of events) {
        for (const change of projection.on[event.type]?.(event) ?? []) {
          const { id } = change
          const row = rowAfter(change, (await views.load(projection.view, [id]))[0])
          const at = (await views.checkpoint(projection)) ?? 0n
          const writes = { view: projection.view, upserts: row ? [row] : [], removals: row === null ? [id] : [] }
          await views.commit(projection, { from: at, to: at }, writes)
        }
      }
      const at = (await views.checkpoint(projection)) ?? 0n
      await views.commit(projection, { from: at, to: reached }, { view: projection.view, upserts: [], removals: [] })
      if (reached >= head) return
    }
  }
}
