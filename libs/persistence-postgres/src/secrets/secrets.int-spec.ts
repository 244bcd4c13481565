import { randomBytes } from 'node:crypto'
import { useTestPorts } from '../../test/use-test-ports'
import { PostgresPersonKeys } from './postgres-person-keys'
import { PostgresSecrets } from './postgres-secrets'
import { fixMasterKey, proveMasterKey } from './prove-master-key'
import { MasterKeyDiffers, Sealing } from './sealing'

describe('secrets in PostgreSQL', () => {
  const under = useTestPorts()
  beforeEach(async () => {
    await under().empty()
    await under().ports.secrets.put('acme', 'hmac', 'whsec_plain')
    await under().ports.personKeys.ensure('acme', 'customer-1')
  })
  const rowsOf = (text: string) => under().database.worker.query<Record<string, string>>({ text })

  it('are stored sealed', async () => {
    const [row] = await rowsOf('select sealed from accounts.secrets')
    expect(row?.['sealed']).not.toContain('whsec_plain')
    expect(Buffer.from(row?.['sealed'] ?? '', 'base64').includes('whsec_plain')).toBe(false)
  })

  it('cannot be opened under another master key', async () => {
    const other = new Sealing(randomBytes(32))
    const { tenant } = under().database
    await expect(new PostgresSecrets(tenant, other).get('acme', 'hmac')).rejects.toThrow('another master key')
    await expect(new PostgresPersonKeys(tenant, other).ensure('acme', 'customer-1')).rejects.toThrow('master key')
  })

  it('prove whether a master key is theirs, and nothing where none is stored', async () => {
    const [{ masterKey, database }, other] = [under(), randomBytes(32)]
    await expect(proveMasterKey(database, masterKey)).resolves.toBeUndefined()
    await expect(proveMasterKey(database, other)).rejects.toThrow(MasterKeyDiffers)
    await under().ports.secrets.remove('acme', 'hmac')
    await expect(proveMasterKey(database, other)).rejects.toThrow(MasterKeyDiffers)
    await under().ports.personKeys.erase('acme', 'customer-1')
    await expect(proveMasterKey(database, other)).resolves.toBeUndefined()
  })

  it('fix the master key of their database, also while nothing is sealed yet', async () => {
    await under().empty()
    const [{ database }, ...keys] = [under(), randomBytes(32), randomBytes(32), randomBytes(32)]
    const fixed = await Promise.allSettled(keys.map((key) => fixMasterKey(database, key)))
    expect(fixed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const own = keys[fixed.findIndex(({ status }) => status === 'fulfilled')] ?? randomBytes(32)
    await fixMasterKey(database, own)
    await expect(fixMasterKey(database, randomBytes(32))).rejects.toThrow(MasterKeyDiffers)
    await expect(proveMasterKey(database, randomBytes(32))).rejects.toThrow(MasterKeyDiffers)
  })

  it('fix no master key but the one under which they are sealed', async () => {
    await expect(fixMasterKey(under().database, randomBytes(32))).rejects.toThrow(MasterKeyDiffers)
    await fixMasterKey(under().database, under().masterKey)
  })

  it('cannot be opened in another place of the database', async () => {
    await rowsOf(`update accounts.secrets set id = 'other'`)
    await expect(under().ports.secrets.get('acme', 'other')).rejects.toThrow('cannot be opened')
  })

  it('need a master key of 32 bytes', () => {
    expect(() => new Sealing(randomBytes(16))).toThrow(RangeError)
  })

  it('keep nothing of the key of an erased person', async () => {
    await under().ports.personKeys.erase('acme', 'customer-1')
    expect(await rowsOf('select subject, sealed from accounts.person_keys')).toEqual([
      { subject: 'customer-1', sealed: null },
    ])
  })
})
