import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** One call to a language model. */
export interface LlmCall {
  /** UTC, microseconds kept. */
  readonly timestamp: string
  readonly contextTokens: number
  readonly generatedTokens: number
}

const REAL_TRACE = resolve(__dirname, '../../../../shared/data/llm-calls-code.csv')
/** Sums of the real trace; the made one has the same, so the invoice is the same. */
const TOTALS = { calls: 8_819, contextTokens: 18_059_974, generatedTokens: 245_896 }

/** The real trace where it is at hand, else one of equal shape and equal sums. */
export function llmCalls(): LlmCall[] {
  return existsSync(REAL_TRACE) ? readTrace(readFileSync(REAL_TRACE, 'utf8')) : makeTrace()
}

function readTrace(csv: string): LlmCall[] {
  const [, ...lines] = csv.trim().split(/\r?\n/)
  return lines.map((line) => {
    const [at = '', context = '', generated = ''] = line.split(',')
    return { timestamp: `${at.replace(' ', 'T')}Z`, contextTokens: Number(context), generatedTokens: Number(generated) }
  })
}

export function makeTrace(): LlmCall[] {
  let state = 20_231_116
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
  const calls = Array.from({ length: TOTALS.calls }, (_, index): LlmCall => ({
    timestamp: new Date(Date.UTC(2023, 10, 16, 18, 17, 3) + index * 400).toISOString(),
    contextTokens: 100 + random(3_800),
    generatedTokens: 1 + random(50),
  }))
  return closeTheGap(calls)
}

/** The last call takes up what the random ones left open; spread over all where it would be negative. */
function closeTheGap(calls: LlmCall[]): LlmCall[] {
  const sum = (pick: (call: LlmCall) => number) => calls.reduce((total, call) => total + pick(call), 0)
  const scaled = (value: number, have: number, want: number) => Math.floor((value * want) / have)
  const [context, generated] = [sum((c) => c.contextTokens), sum((c) => c.generatedTokens)]
  const scaledCalls = calls.map((call) => ({
    ...call,
    contextTokens: scaled(call.contextTokens, context, TOTALS.contextTokens),
    generatedTokens: scaled(call.generatedTokens, generated, TOTALS.generatedTokens),
  }))
  const left = (pick: (call: LlmCall) => number, want: number) =>
    want - scaledCalls.reduce((total, call) => total + pick(call), 0)
  const last = scaledCalls.at(-1)
  if (!last) throw new Error('The trace is empty.')
  const missing = {
    context: left((c) => c.contextTokens, TOTALS.contextTokens),
    generated: left((c) => c.generatedTokens, TOTALS.generatedTokens),
  }
  return [
    ...scaledCalls.slice(0, -1),
    {
      ...last,
      contextTokens: last.contextTokens + missing.context,
      generatedTokens: last.generatedTokens + missing.generated,
    },
  ]
}

export interface UsageEvent {
  readonly transaction_id: string
  readonly external_customer_id: string
  readonly code: string
  readonly timestamp: string
  readonly properties: Readonly<Record<string, unknown>>
}

/** One call is three usage events: its context tokens, its generated tokens, the call. */
export function usageOf(calls: readonly LlmCall[], externalCustomerId: string): UsageEvent[] {
  return calls.flatMap(({ timestamp, contextTokens, generatedTokens }, index) => {
    const event = (code: string, properties: Record<string, unknown>): UsageEvent => ({
      transaction_id: `call-${index}-${code}`,
      external_customer_id: externalCustomerId,
      code,
      timestamp,
      properties,
    })
    return [
      event('context_tokens', { tokens: contextTokens }),
      event('generated_tokens', { tokens: generatedTokens }),
      event('llm_calls', {}),
    ]
  })
}

export function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
