import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(__dirname, '..')
const LINT_TIMEOUT_MS = 180_000

const FOLDER = 'libs/usage/domain/src'

/** Files of a domain that exist only while they are linted: what they do, and what they must be blamed for. */
const FORBIDDEN = [
  ['an adapter', importing('@billstream/embedded-server'), '@nx/enforce-module-boundaries'],
  ['the domain of another context', importing('@billstream/invoicing-domain'), '@nx/enforce-module-boundaries'],
  ['the contracts of another context', importing('@billstream/invoicing-contracts'), '@nx/enforce-module-boundaries'],
  ['the read model of its own context', importing('@billstream/usage-read-model'), '@nx/enforce-module-boundaries'],
  ['a module of Node', importing('node:fs'), 'no-restricted-imports'],
  ['Nest', importing('@nestjs/common'), 'no-restricted-imports'],
  ['a database driver', importing('pg'), 'no-restricted-imports'],
  ['Date.now', 'export const impure = Date.now()\n', 'no-restricted-syntax'],
  ['new Date()', 'export const impure = new Date()\n', 'no-restricted-syntax'],
  ['Math.random', 'export const impure = Math.random()\n', 'no-restricted-syntax'],
  ['randomUUID', 'export const impure = crypto.randomUUID()\n', 'no-restricted-syntax'],
  ['setTimeout', 'export const impure = setTimeout(() => 0, 1)\n', 'no-restricted-syntax'],
  ['setInterval', 'export const impure = setInterval(() => 0, 1)\n', 'no-restricted-syntax'],
] as const

const ALLOWED = [
  ['the kernel', importing('@billstream/kernel')],
  ['its own contracts', importing('@billstream/usage-contracts')],
  ['rating', importing('@billstream/rating')],
  ['the core of event sourcing', importing('@billstream/event-sourcing-core')],
  ['a date that is given', `export const pure = new Date('2026-01-01T00:00:00Z')\n`],
] as const

function importing(name: string): string {
  return `import * as imported from '${name}'\nexport const used = imported\n`
}

/** The rules that each text breaks, in the order of the texts. */
function rulesBroken(texts: readonly string[]): string[][] {
  const files = texts.map((_, index) => join(ROOT, FOLDER, `linted-${process.pid}-${index}.ts`))
  try {
    texts.forEach((text, index) => writeFileSync(files[index] ?? '', text))
    const eslint = join(ROOT, 'node_modules/eslint/bin/eslint.js')
    const flags = ['--format', 'json', ...files]
    const { stdout, stderr } = spawnSync(process.execPath, [eslint, ...flags], { cwd: ROOT, encoding: 'utf8' })
    if (stdout === '') throw new Error(stderr)
    const results = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string | null }[] }[]
    const messagesOf = (file: string) => results.find(({ filePath }) => filePath === file)?.messages
    return files.map((file) => messagesOf(file)?.map(({ ruleId }) => ruleId ?? 'no rule') ?? ['not linted'])
  } finally {
    for (const file of files) rmSync(file, { force: true })
  }
}

function projectTags(folder: string): Record<string, string[]> {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true })
  if (entries.some(({ name }) => name === 'project.json')) {
    const { tags } = JSON.parse(readFileSync(join(ROOT, folder, 'project.json'), 'utf8')) as { tags: string[] }
    return { [folder]: tags }
  }
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => projectTags(`${folder}/${name}`))
  return Object.assign({}, ...below) as Record<string, string[]>
}

describe('the import rules', () => {
  let broken: string[][]

  beforeAll(() => {
    // The boundary rule stays silent as long as no project graph is cached.
    const nx = join(ROOT, 'node_modules/nx/dist/bin/nx.js')
    const env = { ...process.env, NX_DAEMON: 'false' }
    execFileSync(process.execPath, [nx, 'show', 'projects'], { cwd: ROOT, stdio: 'ignore', env })
    broken = rulesBroken([...FORBIDDEN, ...ALLOWED].map(([, text]) => text))
  }, LINT_TIMEOUT_MS)

  it.each(FORBIDDEN.map(([what, , rule], index) => ({ what, rule, index })))(
    'forbid a domain to use $what: $rule',
    ({ rule, index }) => expect(broken[index]).toContain(rule),
  )

  it.each(ALLOWED.map(([what], index) => ({ what, index })))('let a domain use $what', ({ index }) =>
    expect(broken[FORBIDDEN.length + index]).toEqual([]),
  )
})

describe('the projects', () => {
  it('each carry the tags on which the import rules act', () => {
    const context = (name: string) => ({
      [`apps/${name}`]: ['type:app', `context:${name}`],
      [`libs/${name}/contracts`]: ['type:contracts', `context:${name}`],
      [`libs/${name}/domain`]: ['type:domain', `context:${name}`],
      [`libs/${name}/read-model`]: ['type:read-model', `context:${name}`],
    })
    const tags = ['apps', 'libs', 'test-e2e', 'bench', 'examples'].map(projectTags)
    expect(Object.assign({}, ...tags)).toEqual({
      'apps/gateway': ['type:app', 'scope:gateway'],
      'apps/ops': ['type:app', 'scope:ops'],
      'apps/projector': ['type:app', 'scope:projector'],
      'apps/standalone': ['type:app', 'scope:standalone'],
      'apps/simulation': ['type:app', 'scope:simulation'],
      ...context('accounts'),
      ...context('checkout'),
      ...context('invoicing'),
      ...context('subscriptions'),
      ...context('usage'),
      'libs/usage/ingestion': ['type:ingestion', 'context:usage'],
      ...context('webhooks'),
      'libs/apis/boxbilling': ['type:api'],
      'libs/embedded-server': ['type:adapter', 'scope:embedded-server'],
      'libs/event-sourcing/core': ['type:core'],
      'libs/event-sourcing/runtime': ['type:port'],
      'libs/event-store-kurrentdb': ['type:adapter'],
      'libs/event-store-postgres': ['type:adapter'],
      'libs/hosting': ['type:composition'],
      'libs/kernel': ['type:kernel'],
      'libs/messaging': ['type:messaging'],
      'libs/messaging-in-process': ['type:adapter'],
      'libs/messaging-kafka': ['type:adapter'],
      'libs/payment-providers/port': ['type:port'],
      'libs/payment-providers/sandbox': ['type:adapter'],
      'libs/persistence-postgres': ['type:adapter'],
      'libs/platform': ['type:adapter', 'scope:platform'],
      'libs/rating': ['type:rating'],
      'libs/testing': ['type:testing'],
      bench: ['type:bench'],
      'examples/subscriber': ['type:examples'],
      'test-e2e': ['type:e2e'],
    })
  })
})
