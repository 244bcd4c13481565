import { randomBytes } from 'node:crypto'
import { useTestPorts } from '../../test/use-test-ports'
import { PostgresPersonKeys } from './postgres-person-keys'
import { PostgresSecrets } from './postgres-secrets'
import { proveMasterKey } from './prove-master-key'
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
