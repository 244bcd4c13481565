import type { Refusal, Result } from '@billstream/kernel'
import type { AcceptedUsage, UsageRefusal } from '@billstream/usage-domain'

/** Why an event is left out that has no fault of its own. */
export const REST_OF_LINE = {
  code: 'rest_of_line',
  message: 'Another event of the line is refused; nothing of the line is taken.',
} as const satisfies Refusal

export type Checked = Result<AcceptedUsage, UsageRefusal | typeof REST_OF_LINE.code>

/** Leaves out what comes from one line with an event that is refused. lines: of each event; absent: each stands alone. */
export function wholeLines(checked: readonly Checked[], lines: readonly number[] | undefined): readonly Checked[] {
  if (!lines) return checked
  const refused = new Set(lines.filter((_, index) => checked[index]?.ok === false))
  return checked.map((each, index) =>
    each.ok && refused.has(lines[index] ?? NaN) ? { ok: false, error: REST_OF_LINE } : each,
  )
}
