import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  customerProjection,
  customerView,
  organizationProjection,
  organizationView,
} from '@billstream/accounts-read-model'
import { MemoryUsageLog, MemoryViews } from '@billstream/event-sourcing-runtime'
import { timeOrderedId } from '@billstream/kernel'
import { fixedClock, sequentialIds } from '@billstream/testing'
import { subscriptionProjection, subscriptionView } from '@billstream/subscriptions-read-model'
import { billableMetricProjection, billableMetricView } from '@billstream/usage-read-model'
import { Output } from '../src/console/output'
import { SILENT } from '../src/console/progress'
import { Ops, type OpsPorts } from '../src/ops'
import { buildProgram, runProgram } from '../src/program'
import { registerUsageCommands } from '../src/usage/usage.commands'

export const NOW = '2026-07-01T12:00:00.000Z'

/** The command line on memory ports, with a folder for files. */
export class UsageFiles {
  readonly usageLog = new MemoryUsageLog()
  readonly organizationId = timeOrderedId()
  /** Whole numbers of lines that the progress of the last run expected, in order. */
  expected: number[] = []
  readonly otherOrganizationId = timeOrderedId()
  private readonly ids = sequentialIds()
  private readonly views = new MemoryViews({ sleep: () => Promise.resolve() })
  private readonly folder = mkdtempSync(join(tmpdir(), 'ops-usage-'))

  async open(): Promise<void> {
    const organization = {
      ...{ name: 'Acme', slug: 'acme', test: false, default_currency: 'USD', timezone: 'UTC', status: 'open' },
      ...{ hmac_key_secret_id: 'none', logo_url: null, portal_accent_color: null, portal_welcome_message: null },
      ...{ created_at: NOW, updated_at: NOW },
    }
    const ids = [this.organizationId, this.otherOrganizationId]
    await this.views.reset(organizationProjection, organizationView)
    await this.views.commit(
      organizationProjection,
      { from: 0n, to: 1n },
      {
        view: organizationView,
        upserts: ids.map((id) => ({ id, organization_id: id, ...organization })),
        removals: [],
      },
    )
    const customer = {
      ...{ id: timeOrderedId(), organization_id: this.organizationId, external_id: 'acme', name: 'Acme', email: null },
      ...{ currency: null, timezone: null, invoice_grace_period: null, net_payment_term: null, billing_metadata: {} },
      ...{ test_clock_id: null, status: 'active', created_at: NOW, updated_at: NOW },
    }
    await this.views.reset(customerProjection, customerView)
    await this.views.commit(
      customerProjection,
      { from: 0n, to: 1n },
      { view: customerView, upserts: [customer], removals: [] },
    )
    const subscription = {
      ...{ id: timeOrderedId(), organization_id: this.organizationId, external_id: 'main', customer_id: customer.id },
      ...{ external_customer_id: 'acme', plan_id: timeOrderedId(), plan: {}, status: 'active', timezone: 'UTC' },
      ...{ billing_time: 'calendar', pay_in_advance: false, on_termination_action: 'generate_invoice' },
      ...{ subscription_at: null, starts_at: null, started_at: null, ending_at: null },
      ...{ period_start: null, period_end: null, created_at: NOW, updated_at: NOW },
    }
    await this.views.reset(subscriptionProjection, subscriptionView)
    await this.views.commit(
      subscriptionProjection,
      { from: 0n, to: 1n },
      { view: subscriptionView, upserts: [subscription], removals: [] },
    )
    const metric = (id: string, code: string, aggregation: string, field: string | null) => ({
      ...{ id: timeOrderedId(), organization_id: id, code, name: code, description: null, status: 'active' },
      ...{ aggregation_type: aggregation, field_name: field, recurring: false },
      ...{ rounding_function: null, rounding_precision: null, created_at: NOW, updated_at: NOW },
    })
    await this.views.reset(billableMetricProjection, billableMetricView)
    await this.views.commit(
      billableMetricProjection,
      { from: 0n, to: 1n },
      {
        view: billableMetricView,
        upserts: ids.flatMap((id) => [metric(id, 'tokens', 'sum', 'tokens'), metric(id, 'calls', 'count', null)]),
        removals: [],
      },
    )
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text)
    return this.path(name)
  }

  read(name: string): string | undefined {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : undefined
  }

  /** Runs one command line; `document` is what `--json` printed. `stop`: Ctrl-C. */
  async run(argv: readonly string[], stop = new AbortController(), onOpen: () => void = () => undefined) {
    const [out, err]: [string[], string[]] = [[], []]
    this.expected = []
    const streams = {
      out: { write: (text: string) => out.push(text) },
      err: { write: (text: string) => err.push(text) },
    }
    const { views, usageLog } = this
    const ports = {
      ...{ views, viewsAnywhere: views, viewProgress: views, usageLog },
      ...{ clock: fixedClock(NOW), ids: this.ids },
    } as unknown as OpsPorts
    const ops = new Ops({
      ...{ out: new Output(streams), signal: stop.signal, operator: 'tester' },
      progress: () => ({ ...SILENT, total: (count) => void this.expected.push(count) }),
      connect: () => {
        onOpen()
        return Promise.resolve(ports)
      },
      openTopic: () => Promise.reject(new Error('No usage goes into a topic.')),
      diagnose: () =>
        Promise.resolve({
          findings: [],
          canOpen: false,
          storeAnswers: false,
          readers: { ways: [], timerRules: [] },
        }),
    })
    const exitCode = await runProgram(buildProgram(ops, [registerUsageCommands], streams), ops, argv)
    const printed = out.join('')
    const document = printed.startsWith('{') ? (JSON.parse(printed) as Record<string, unknown>) : undefined
    return { exitCode, printed, said: err.join(''), document }
  }

  /** Ctrl-C comes as soon as the command has opened the platform. */
  interrupt(argv: readonly string[]) {
    const stop = new AbortController()
    return this.run(argv, stop, () => stop.abort())
  }

  /** Sum and number of each metric, of all events. */
  async totals(organizationId = this.organizationId): Promise<Record<string, string>> {
    const { events } = await this.usageLog.list(organizationId, { skip: 0, limit: 100_000 })
    const totals: Record<string, string> = {}
    for (const code of ['tokens', 'calls']) {
      const own = events.filter((event) => event.code === code)
      totals[code] = `${own.length} events, ${own.reduce((sum, { value }) => sum + Number(value ?? 0), 0)}`
    }
    return totals
  }

  async events(organizationId = this.organizationId) {
    const { events } = await this.usageLog.list(organizationId, { skip: 0, limit: 100_000 })
    return events
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
