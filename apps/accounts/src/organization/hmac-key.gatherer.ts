import { randomBytes } from 'node:crypto'
import {
  type ChangeOrganization,
  type CreateOrganization,
  isHmacKey,
  PREVIOUS_HMAC_KEY_HOURS,
  readHmacKey,
  writeHmacKey,
  type HmacKey,
} from '@billstream/accounts-contracts'
import type { OrganizationFacts } from '@billstream/accounts-domain'
import { organizationProjection } from '@billstream/accounts-read-model'
import type { Command, CommandOf } from '@billstream/event-sourcing-core'
import type { FactReader, Gather, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { addMinutes, derivedId, ok, refuse, type Result } from '@billstream/kernel'

const HMAC_KEY_BYTES = 32

type KeyPorts = Pick<PlatformPorts, 'secrets' | 'clock'>

/**
 * Keeps the webhook key before the event that names its row, so that no event ever points to nothing. The row's id is
 * derived from the command: a repeat finds the row and leaves it, also where the key was made here.
 */
export function keepHmacKey(ports: KeyPorts): Readonly<Record<string, Gather>> {
  return {
    CreateOrganization: async (command) => {
      const { organizationId, hmacKeySecretId, hmacKey } = (command as CommandOf<typeof CreateOrganization>).data
      const checked = checkSent(hmacKey)
      if (!checked.ok) return checked
      await putOnce(ports, organizationId, hmacKeySecretId, () => firstKey(hmacKey))
      return ok(undefined)
    },
    ChangeOrganization: (command, facts) => changeKey(command, facts, ports),
  }
}

async function changeKey(command: Command, facts: FactReader, ports: KeyPorts): Promise<Result<OrganizationFacts>> {
  const { organizationId, hmacKey } = (command as CommandOf<typeof ChangeOrganization>).data
  if (hmacKey === undefined) return ok({})
  const checked = checkSent(hmacKey)
  if (!checked.ok) return checked
  const organization = await facts.get(organizationProjection, organizationId)
  const row = organization && (await ports.secrets.get(organizationId, organization.hmac_key_secret_id))
  const present = row === undefined ? undefined : readHmacKey(row)
  if (present && present.current === hmacKey) return ok({})
  const hmacKeySecretId = derivedId('hmac-key', command.metadata.commandId)
  await putOnce(ports, organizationId, hmacKeySecretId, () => successorOf(present, hmacKey, ports))
  return ok({ hmacKeySecretId })
}

/** Here and not in the decision, which comes after the key is kept: a repeat with another key would find the refused one. */
function checkSent(hmacKey: string | null): Result<undefined, 'invalid_hmac_key'> {
  if (hmacKey === null || isHmacKey(hmacKey)) return ok(undefined)
  return refuse('invalid_hmac_key', 'This must be whsec_ and base64, or a text that is not blank.', 'hmacKey')
}

async function putOnce(ports: KeyPorts, organizationId: string, id: string, make: () => HmacKey): Promise<void> {
  if ((await ports.secrets.get(organizationId, id)) !== undefined) return
  await ports.secrets.put(organizationId, id, writeHmacKey(make()))
}

function firstKey(sent: string | null): HmacKey {
  return { current: sent ?? newKey(), previous: null }
}

function successorOf(present: HmacKey | undefined, sent: string | null, { clock }: KeyPorts): HmacKey {
  if (!present) return firstKey(sent)
  const until = addMinutes(clock.now(), PREVIOUS_HMAC_KEY_HOURS * 60)
  return { current: sent ?? newKey(), previous: { key: present.current, until } }
}

/** In the form of Standard Webhooks. */
function newKey(): string {
  return `whsec_${randomBytes(HMAC_KEY_BYTES).toString('base64')}`
}
