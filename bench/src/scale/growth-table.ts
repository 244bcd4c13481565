import { numberText, tableText, type Column } from '../report/table'
import type { Growth } from './measure-growth'

/** Linear, with some room for the noise of a machine. */
const EXPONENT_MAX = 1.1

const COLUMNS: readonly Column<Growth>[] = [
  { title: 'WORK', text: ({ work }) => work.name },
  { title: 'SECONDS BY SIZE', text: ({ points, work }) => `${points.map(pointText).join(', ')} ${work.unit}` },
  { title: 'EXPONENT', text: ({ exponent }) => exponent.toFixed(2), align: 'right' },
  { title: 'GOAL', text: () => `<= ${EXPONENT_MAX}` },
  { title: 'VERDICT', text: ({ exponent }) => (exponent <= EXPONENT_MAX ? 'met' : 'missed') },
]

export function growthTable(growths: readonly Growth[]): string {
  return tableText(COLUMNS, growths)
}

function pointText({ size, seconds }: Growth['points'][number]): string {
  return `${numberText(seconds)} at ${size.toLocaleString('en-US')}`
}
