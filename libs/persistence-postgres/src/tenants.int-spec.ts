import { useTestPorts } from '../test/use-test-ports'

const TENANT_TABLES = [
  ['webhooks.deliveries', 'organization_id'],
  ['webhooks.delivery_attempts', 'organization_id'],
  ['accounts.secrets', 'organization_id'],
  ['accounts.person_keys', 'organization_id'],
  ['gateway.answers', 'scope'],
] as const
const WORKER_TABLES = [
  'runtime.inbox',
  'runtime.outbox',
  'runtime.process_states',
  'runtime.refused_commands',
  'runtime.timers',
  'runtime.work_items',
  'runtime.snapshots',
  'runtime.numbers',
  'runtime.dead_letters',
  'gateway.rate_counts',
]
const at = '2026-01-01T00:00:00.000Z'

describe('a request of one organization', () => {
  const under = useTestPorts()
  const asked = (text: string) => under().database.tenant.rows('acme', { text })
  beforeAll(async () => {
    for (const organization of ['acme', 'other']) await fill(organization)
  })

  async function fill(organizationId: string): Promise<void> {
    const { answers, secrets, personKeys, deliveries } = under().ports
    await answers.begin(organizationId, { key: 'key', fingerprint: 'print' }, at, at)
    await secrets.put(organizationId, 'hmac', 'plain')
    await personKeys.ensure(organizationId, 'customer-1')
    const id = `delivery-${organizationId}`
    const outcome = { status: 'succeeded', retries: 0, attempts: 1, nextAttemptAt: null, httpStatus: 200 } as const
    const delivery = {
      ...{ id, organizationId, endpointId: 'endpoint', eventId: 'event', correlationId: 'correlation' },
      ...{ format: 'boxbilling', body: '{}' },
      ...{ webhookType: 'invoice.paid', objectType: 'invoice', objectId: 'invoice', response: null },
      ...{ lastAttemptAt: at, createdAt: at, updatedAt: at },
      ...outcome,
    }
    const attempt = { id: `attempt-${organizationId}`, deliveryId: id, organizationId, attemptNumber: 1 }
    const answer = { httpStatus: 200, responseBody: '', success: true, errorMessage: null, durationMs: 1 }
    await deliveries.add([{ ...delivery, attempts: 0 }])
    await deliveries.record(delivery, { ...attempt, ...answer, attemptedAt: at })
  }

  it.each(TENANT_TABLES)('sees its own rows of %s without any filter', async (table, column) => {
    expect(await asked(`select ${column} as owner from ${table}`)).toEqual([{ owner: 'acme' }])
    const all = await under().database.worker.query({ text: `select ${column} as owner from ${table} order by 1` })
    expect(all).toEqual([{ owner: 'acme' }, { owner: 'other' }])
  })

  it.each(TENANT_TABLES)('sees nothing of %s without its organization', async (table) => {
    expect(await under().database.app.query({ text: `select 1 from ${table}` })).toEqual([])
  })

  it.each(WORKER_TABLES)('may not read %s at all', async (table) => {
    await expect(asked(`select 1 from ${table}`)).rejects.toThrow('permission denied')
  })

  it('changes nothing of another one', async () => {
    await asked(`update webhooks.deliveries set status = 'failed'`)
    await asked('delete from accounts.secrets')
    expect(await under().ports.secrets.get('other', 'hmac')).toBe('plain')
    expect(await under().ports.deliveries.get('other', 'delivery-other')).toMatchObject({ status: 'succeeded' })
  })
})
