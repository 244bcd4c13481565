import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a loopback installation generates once; elsewhere each is given by the environment. */
export interface Secrets {
  readonly adminSecret: string
  /** Master of what is encrypted at rest and of derived keys. */
  readonly serverSecret: string
}

const SECRET_BYTES = 32

/** Given secrets win; missing ones are generated once into `DATA_DIR/secrets.json` (0600). */
export function provideSecrets(dataDir: string, given: Partial<Secrets>): Secrets {
  if (given.adminSecret !== undefined && given.serverSecret !== undefined) {
    return { adminSecret: given.adminSecret, serverSecret: given.serverSecret }
  }
  const stored = storedSecrets(dataDir)
  const secrets: Secrets = {
    adminSecret: stored.adminSecret ?? randomBytes(SECRET_BYTES).toString('hex'),
    serverSecret: stored.serverSecret ?? randomBytes(SECRET_BYTES).toString('hex'),
  }
  if (stored.adminSecret !== secrets.adminSecret || stored.serverSecret !== secrets.serverSecret)
    writePrivate(secretsFile(dataDir), `${JSON.stringify(secrets, null, 2)}\n`)
  return {
    adminSecret: given.adminSecret ?? secrets.adminSecret,
    serverSecret: given.serverSecret ?? secrets.serverSecret,
  }
}

/** What `DATA_DIR/secrets.json` holds; nothing where no platform has run on this folder without given secrets. */
export function storedSecrets(dataDir: string): Partial<Secrets> {
  const file = secretsFile(dataDir)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {}
}

function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json')
}

/** Whole or not at all, and readable by nobody else from its first moment. */
export function writePrivate(file: string, text: string): void {
  const partial = `${file}.${process.pid}.partial`
  writeFileSync(partial, text, { mode: 0o600 })
  chmodSync(partial, 0o600)
  renameSync(partial, file)
}
