import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describeSubscriber } from './subscriber.kit'

const REQUIREMENTS = resolve(__dirname, '../python/requirements.txt')
const CACHE = resolve(__dirname, '../../../node_modules/.cache/billstream')

/** The interpreter of an environment with the requirements, made once per requirements. */
function provideInterpreter(): string {
  const key = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 8)
  const folder = join(CACHE, `python-subscriber-${key}`)
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}.draft`
    mkdirSync(CACHE, { recursive: true })
    try {
      execFileSync('python3', ['-m', 'venv', draft])
      const flags = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]
      execFileSync(join(draft, 'bin/python'), flags, { stdio: 'inherit' })
      renameSync(draft, folder)
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  }
  return join(folder, 'bin/python')
}

describeSubscriber('Python', async () => [provideInterpreter(), 'python/follow_invoices.py'])
