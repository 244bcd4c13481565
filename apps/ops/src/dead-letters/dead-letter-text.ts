import type { EndedLetter, KeptLetter } from '@billstream/event-sourcing-runtime'
import type { Column } from '../console/output'

/** Letters that lie there. */
export const LETTER: readonly Column<KeptLetter>[] = [
  { title: 'LETTER', value: ({ id }) => id },
  { title: 'STATE', value: ({ waits }) => (waits ? 'waiting' : 'failed') },
  { title: 'CONSUMER', value: ({ consumer }) => consumer },
  { title: 'KEY', value: ({ key }) => key },
  { title: 'TRIES', value: ({ tries }) => tries, align: 'right' },
  { title: 'SINCE', value: ({ at }) => at },
  { title: 'ERROR', value: ({ error }) => error },
]

/** Letters that have left. */
export const ENDED: readonly Column<EndedLetter>[] = [
  { title: 'LETTER', value: ({ id }) => id },
  { title: 'OUTCOME', value: ({ end }) => end.outcome },
  { title: 'BY', value: ({ end }) => end.by },
  { title: 'AT', value: ({ end }) => end.at },
  { title: 'CONSUMER', value: ({ consumer }) => consumer },
  { title: 'KEY', value: ({ key }) => key },
  { title: 'REASON', value: ({ end }) => end.reason },
]

/** A letter in full, for people. */
export function letterDetails(letter: KeptLetter): string {
  const { event, ...head } = letter
  const lines = Object.entries(head).map(([name, value]) => `${name.padEnd(9)} ${String(value)}`)
  return [...lines, JSON.stringify(event, null, 2)].join('\n')
}
