import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateOrganization } from '@billstream/accounts-contracts'
import { apiKeyProjection, organizationProjection } from '@billstream/accounts-read-model'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { writePrivate } from '@billstream/platform'

/** The one id that a demo organization has, so that a start after a kill finds it. */
const DEMO_ORGANIZATION_ID = derivedId('demo-organization')
const KEY_BYTES = 32
const KEY_PREFIX_LENGTH = 12
const VIEW_TIMEOUT_MS = 10_000

type DemoPorts = Pick<PlatformPorts, 'viewsAnywhere' | 'viewProgress' | 'clock' | 'eventStore'> & {
  readonly bus: MessageBus
}

/**
 * On a fresh data folder makes the demo organization (a test one) with a first key, kept in `DATA_DIR/demo-key` (0600).
 * Returns the key, or undefined where an organization is there but its key file is not.
 */
export async function provideDemoOrganization(
  { dataDir, bootstrapApiKey }: { dataDir: string; bootstrapApiKey?: string },
  ports: DemoPorts,
): Promise<{ key: string | undefined; fresh: boolean }> {
  const file = join(dataDir, 'demo-key')
  const names = [organizationProjection.name, apiKeyProjection.name]
  await ports.viewProgress.reached(names, await ports.eventStore.head(), VIEW_TIMEOUT_MS)
  const known = await ports.viewsAnywhere.getAnywhere(organizationProjection.view, DEMO_ORGANIZATION_ID)
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  if (known) return { key: kept, fresh: false }

  // The key is on disk before it is in the store: a kill between the two leaves a key that the next start uses.
  const key = bootstrapApiKey ?? kept ?? `bxb_live_${randomBytes(KEY_BYTES).toString('hex')}`
  writePrivate(file, `${key}\n`)
  const reply = await ports.bus.send(CreateOrganization, createDemo(key, ports))
  if (!reply.ok) throw new Error(`The demo organization could not be made: ${reply.error.message}`)
  await ports.viewProgress.reached(names, reply.position, VIEW_TIMEOUT_MS)
  return { key, fresh: true }
}

function createDemo(key: string, { clock }: DemoPorts) {
  const commandId = derivedId('create-demo-organization')
  const firstKey = {
    keyId: derivedId('demo-key', commandId),
    name: 'Demo',
    prefix: key.slice(0, KEY_PREFIX_LENGTH),
    hash: createHash('sha256').update(key).digest('hex'),
    expiresAt: null,
  }
  const data = {
    organizationId: DEMO_ORGANIZATION_ID,
    slug: 'demo',
    test: true,
    name: 'Demo',
    defaultCurrency: 'USD',
    timezone: 'UTC',
    logoUrl: null,
    portalAccentColor: null,
    portalWelcomeMessage: null,
    hmacKeySecretId: derivedId('hmac-key', commandId),
    hmacKey: null,
    firstKey,
  }
  return CreateOrganization(data, {
    commandId,
    organizationId: DEMO_ORGANIZATION_ID,
    actor: { type: 'system', id: 'bootstrap' },
    correlationId: commandId,
    causationId: commandId,
    now: clock.now(),
  })
}
