import type { Database } from '../database/database'
import { PostgresPersonKeys } from './postgres-person-keys'
import { PostgresSecrets } from './postgres-secrets'
import { Sealing } from './sealing'

interface Sealed {
  readonly organization_id: string
  readonly id: string
}

const A_SECRET = 'select organization_id, id from accounts.secrets limit 1'
const A_PERSON_KEY = 'select organization_id, subject as id from accounts.person_keys where sealed is not null limit 1'

const PROOF = 'select sealed from accounts.master_key'
const KEEP_PROOF = 'insert into accounts.master_key (sealed) values ($1) on conflict do nothing'
/** What the proof is sealed for, and what it says. */
const PLACE = ['platform', 'master-key']

/**
 * Opens the proof of the database's master key, one stored secret and one key of a person, where there are any. Throws
 * MasterKeyDiffers when it cannot: whatever is sealed under this key could not be read by the platform.
 */
export async function proveMasterKey({ worker, tenant }: Database, masterKey: Buffer): Promise<void> {
  const sealing = new Sealing(masterKey)
  const [proof] = await worker.query<{ sealed: string }>({ text: PROOF })
  if (proof) sealing.open(proof.sealed, PLACE)
  const [secret] = await worker.query<Sealed>({ text: A_SECRET })
  if (secret) await new PostgresSecrets(tenant, sealing).get(secret.organization_id, secret.id)
  const [key] = await worker.query<Sealed>({ text: A_PERSON_KEY })
  if (key) await new PostgresPersonKeys(tenant, sealing).find(key.organization_id, [key.id])
}

/**
 * Makes the key the one of this database, for ever; of several that begin at once one wins. Throws MasterKeyDiffers when the
 * database has another.
 */
export async function fixMasterKey(database: Database, masterKey: Buffer): Promise<void> {
  await proveMasterKey(database, masterKey)
  const sealed = new Sealing(masterKey).seal(Buffer.from(PLACE.join()), PLACE)
  await database.worker.execute({ text: KEEP_PROOF, values: [sealed] })
  await proveMasterKey(database, masterKey)
}
