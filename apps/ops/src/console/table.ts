import { safeLine } from './safe-text'

export type Cell = string | number | bigint | boolean | null | undefined

const GAP = '  '

/** Columns as wide as their widest cell; the last one is not padded. A missing value is a dash. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  aligned: readonly ('left' | 'right')[],
): string {
  const lines = [header, ...rows.map((row) => row.map(textOf))]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines.map((line) => renderLine(line, widths, aligned)).join('\n')
}

function renderLine(
  cells: readonly string[],
  widths: readonly number[],
  aligned: readonly ('left' | 'right')[],
): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0
    return aligned[column] === 'right' ? cell.padStart(width) : cell.padEnd(width)
  })
  return padded.join(GAP).trimEnd()
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-'
  return safeLine(String(cell))
}
