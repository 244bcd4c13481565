import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { wrongUsage } from '../console/outcome'
import { openCsv } from './csv-input'
import { whyNoText } from './file-kind'
import type { InputFile } from './input-line'
import { openJsonl } from './jsonl-input'

const OPENERS: Readonly<Record<string, (file: string) => Promise<InputFile>>> = {
  '.csv': openCsv,
  '.jsonl': openJsonl,
  '.ndjson': openJsonl,
}

export interface OpenedInput {
  readonly input: InputFile
  readonly bytes: number
  /** Whether every line has the columns of the first one. */
  readonly sameColumns: boolean
}

/** Opens the file to be imported, by its ending. Throws CommandEnded naming the argument. */
export async function openInput(file: string): Promise<OpenedInput> {
  const ending = extname(file).toLowerCase()
  const open = OPENERS[ending]
  if (!open) throw wrongUsage('file', `${file} must end in ${Object.keys(OPENERS).join(', ')}.`)
  try {
    const found = await stat(file)
    await refuseOtherKinds(file, found)
    const input = await open(file)
    if (input.columns.length === 0) throw wrongUsage('file', `${file} holds no record that can be read.`)
    const twice = repeated(input.columns)
    if (twice !== undefined) throw wrongUsage('file', `${file} has two columns ${twice}; which is meant is not known.`)
    return { input, bytes: found.size, sameColumns: ending === '.csv' }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw wrongUsage('file', `${file} does not exist.`)
    if (code === 'EACCES' || code === 'EISDIR') throw wrongUsage('file', `${file} cannot be read (${code}).`)
    throw error
  }
}

/** A pipe can be read once only. */
async function refuseOtherKinds(file: string, found: Stats): Promise<void> {
  const problem = found.isFile() ? await whyNoText(file) : undefined
  if (problem !== undefined) throw wrongUsage('file', `${file} ${problem}`)
}

/** Spreadsheets leave columns without a name behind the others; nothing is read from these. */
function repeated(columns: readonly string[]): string | undefined {
  return columns.find((name, index) => name !== '' && columns.indexOf(name) !== index)
}
