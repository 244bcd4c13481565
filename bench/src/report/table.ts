/** Digits that are shown of a number that is not whole. */
const DIGITS = 3
const GAP = '  '

export interface Column<Row> {
  readonly title: string
  text(row: Row): string
  /** Default: left. */
  readonly align?: 'left' | 'right'
}

/** A line of titles and one per row, each column as wide as its widest text. */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((column) => column.text(row)))]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)))
  const lineOf = (line: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const [text, width] = [line[index] ?? '', widths[index] ?? 0]
        return align === 'right' ? text.padStart(width) : text.padEnd(width)
      })
      .join(GAP)
      .trimEnd()
  return cells.map(lineOf).join('\n')
}

/** Three digits that mean something, thousands apart: 12,345 and 1.23 and 0.00457. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 10 ** (DIGITS - 1)) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(DIGITS)).toString()
}
