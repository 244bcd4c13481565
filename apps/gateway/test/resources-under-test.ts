import { CustomerCreated, TestClockAdvanceStarted, TestClockCreated } from '@billstream/accounts-contracts'
import type {
  Command,
  CommandReply,
  Context,
  QueryDefinition,
  ViewDefinition,
  ViewRow,
} from '@billstream/event-sourcing-core'
import { derivedId, ok, type Result } from '@billstream/kernel'
import { answerWith, topics, type QueryMetadata, type UsageRequest } from '@billstream/messaging'
import { isDocumented } from './documented'
import { ACME, ACME_KEY, OTHER_KEY, startGateway } from './gateway-under-test'

const CONTEXTS: readonly Context[] = ['subscriptions', 'usage', 'invoicing', 'checkout', 'webhooks']
const FROZEN = '2023-11-01T00:00:00.000Z'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Json = Record<string, unknown>
type DataOf<Q extends QueryDefinition> = NonNullable<Q['shape']>['data']
type AnswerTo<Q extends QueryDefinition> = NonNullable<Q['shape']>['answer']
type Decide = (command: Command) => Result<unknown> | Promise<Result<unknown>>

/** An id of these specs, the same in every run. */
export function id(name: string): string {
  return derivedId('resources-under-test', name)
}

/**
 * A gateway whose contexts the spec answers: rows and replies in, answers out. Every answer is checked against the OpenAPI
 * document.
 */
export async function startResources() {
  const gateway = await startGateway()
  const { views } = gateway.ports
  const commands = new Map<string, Decide>()
  const queries = new Map<string, (data: never, metadata: QueryMetadata) => unknown>()
  const sent: Command[] = []
  const failures: unknown[] = []
  const noteFailure = (error: unknown) => void failures.push(error)
  let head = 0n
  let ingest: (request: UsageRequest) => unknown = () => {
    throw new Error('This spec takes no usage.')
  }
  for (const context of CONTEXTS) serve(context)
  gateway.bus.serve(topics.usage, (message) =>
    answerWith(async () => (message as UsageRequest[]).map((request) => ingest(request)), noteFailure),
  )

  function serve(context: Context): void {
    gateway.bus.serve(topics.commands(context), (message) => answerWith(() => handle(message as Command), noteFailure))
    gateway.bus.serve(topics.queries(context), (message) =>
      answerWith(async () => {
        const { type, data, ...metadata } = message as QueryMetadata & { type: string; data: never }
        const answer = queries.get(type)
        if (!answer) throw new Error(`This spec does not answer ${type}.`)
        return answer(data, metadata)
      }, noteFailure),
    )
  }

  async function handle(command: Command): Promise<CommandReply> {
    sent.push(command)
    const decide = commands.get(command.type)
    if (!decide) throw new Error(`This spec does not answer ${command.type}.`)
    const outcome = await decide(command)
    if (!outcome.ok) return { ...outcome, position: head }
    return { ok: true, value: { id: command.metadata.commandId, events: [] }, position: head }
  }

  async function write(view: ViewDefinition, upserts: readonly object[], removals: readonly string[]): Promise<void> {
    const projection = { name: `${view.schema}.${view.name}`, version: 1 }
    const from = await views.checkpoint(projection)
    if (from === undefined) await views.reset(projection, view)
    head += 1n
    const writes = { view, upserts: upserts as ViewRow<ViewDefinition>[], removals }
    await views.commit(projection, { from: from ?? 0n, to: head }, writes)
  }

  /** Calls with an organization's key, or with none. */
  function callerWith(key?: string) {
    return (method: Method, url: string, body?: unknown, headers: Record<string, string> = {}) =>
      call(method, url, { ...(key !== undefined && { key }), body, headers })
  }

  async function call(method: Method, url: string, sent: Parameters<typeof gateway.call>[2]) {
    const answer = await gateway.call(method, url, sent)
    if (answer.status === 500) throw new Error(JSON.stringify(gateway.logged), { cause: failures.at(-1) })
    isDocumented(method, url, answer)
    return { ...answer, json: answer.json as Json & Json[] }
  }

  return {
    acme: callerWith(ACME_KEY),
    other: callerWith(OTHER_KEY),
    anybody: callerWith(),
    /** Calls with acme's key and bytes as they are. */
    acmeRaw: (method: Method, url: string, raw: string) => call(method, url, { key: ACME_KEY, raw }),
    /** Rows appear in a view of any context but accounts, or change there. */
    show: <V extends ViewDefinition>(view: V, ...rows: ViewRow<V>[]) => write(view, rows, []),
    /** Rows leave a view. */
    hide: (view: ViewDefinition, ...ids: string[]) => write(view, [], ids),
    /** A customer of acme, by default on real time. */
    customer: (name: string, { testClockId = null }: { testClockId?: string | null } = {}) =>
      gateway.accounts.record(
        ACME,
        CustomerCreated({
          ...{ customerId: id(name), externalId: name, testClockId, currency: null, timezone: null },
          ...{ invoiceGracePeriodDays: null, netPaymentTermDays: null },
          personal: { name, email: null, billingMetadata: {} },
        }),
      ),
    /** A test clock of acme; its id. */
    async testClock({ advancing = false }: { advancing?: boolean } = {}): Promise<string> {
      const testClockId = id('clock')
      await gateway.accounts.record(ACME, TestClockCreated({ testClockId, name: 'clock', frozenTime: FROZEN }))
      const targetTime = '2023-12-01T00:00:00.000Z'
      if (advancing) {
        await gateway.accounts.record(ACME, TestClockAdvanceStarted({ testClockId, from: FROZEN, targetTime }))
      }
      return testClockId
    },
    frozenTime: FROZEN,
    clock: gateway.clock,
    billingHalts: gateway.ports.billingHalts,
    /** Commands to other contexts than accounts, in the order in which they came. */
    sent,
    /** What a context answers to a command; by default it accepts it. */
    onCommand: ({ type }: { readonly type: string }, decide: Decide = () => ok(undefined)) =>
      void commands.set(type, decide),
    /** What the log of usage answers to one request. */
    onUsage: (answer: (request: UsageRequest) => unknown) => {
      ingest = answer
    },
    onQuery: <Q extends QueryDefinition>(
      { type }: Q,
      answer: (data: DataOf<Q>, metadata: QueryMetadata) => AnswerTo<Q> | Promise<AnswerTo<Q>>,
    ) => void queries.set(type, answer),
    close: () => gateway.application.close(),
  }
}

export type ResourcesUnderTest = Awaited<ReturnType<typeof startResources>>
