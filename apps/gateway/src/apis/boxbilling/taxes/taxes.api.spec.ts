import { Tax, TaxApplication } from '@billstream/invoicing-contracts'
import { taxApplicationView, taxView } from '@billstream/invoicing-read-model'
import { ok, refuse } from '@billstream/kernel'
import { taxApplicationRow, taxRow } from '../../../../test/catalog-rows'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'

let gateway: ResourcesUnderTest
const vat = taxRow(ACME, 'vat', { rate: '8.1' })

beforeEach(async () => {
  gateway = await startResources()
  await gateway.show(taxView, vat, taxRow(OTHER, 'other'))
})
afterEach(() => gateway.close())

describe('a tax', () => {
  it('has its rate as a fraction here and in percent inside', async () => {
    gateway.onCommand(Tax.Define, async ({ data }) => {
      const { id: taxId, fields } = data as { id: string; fields: { rate: string } }
      await gateway.show(taxView, taxRow(ACME, 'new', { id: taxId, rate: fields.rate }))
      return ok(undefined)
    })
    const raw = { code: 'new', name: 'New', rate: '0.08099999999999999', applied_to_organization: true }
    expect(await gateway.acme('POST', '/v1/taxes/', raw)).toMatchObject({ status: 201, json: { rate: '0.0810' } })
    expect(gateway.sent).toMatchObject([{ data: { fields: { rate: '8.1', appliedToOrganization: true } } }])
  })

  it('is found by its code, in its organization', async () => {
    expect(await gateway.acme('GET', '/v1/taxes/vat')).toMatchObject({ status: 200, json: { rate: '0.0810' } })
    expect(await gateway.acme('GET', '/v1/taxes/other')).toMatchObject({ status: 404, json: { code: 'tax_not_found' } })
    expect((await gateway.acme('GET', '/v1/taxes')).json).toHaveLength(1)
  })

  it('changes only what is sent', async () => {
    gateway.onCommand(Tax.Change)
    await gateway.acme('PUT', '/v1/taxes/vat', { rate: 0, description: null })
    expect(gateway.sent).toMatchObject([{ data: { id: id('vat'), changes: { rate: '0', description: null } } }])
  })

  it('is deleted', async () => {
    gateway.onCommand(Tax.Remove)
    expect(await gateway.acme('DELETE', '/v1/taxes/vat')).toMatchObject({ status: 204 })
    expect(gateway.sent).toMatchObject([{ data: { id: id('vat') } }])
  })

  it.each([-0.1, 1.01, 'NaN', true, '20 %'])('has no rate of %j', async (rate) => {
    expect(await gateway.acme('POST', '/v1/taxes/', { code: 'new', name: 'New', rate })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', 'rate'] }] },
    })
  })
})

describe('a tax on a customer', () => {
  const apply = (changes: object = {}) =>
    gateway.acme('POST', '/v1/taxes/apply', {
      ...{ tax_code: 'vat', taxable_type: 'customer', taxable_id: id('anna') },
      ...changes,
    })

  beforeEach(async () => {
    await gateway.customer('anna')
    gateway.onCommand(TaxApplication.Define, async ({ data }) => {
      const applicationId = (data as { id: string }).id
      await gateway.show(taxApplicationView, taxApplicationRow(ACME, applicationId, vat, id('anna')))
      return ok(undefined)
    })
  })

  it('shows the present rate and no amount', async () => {
    expect(await apply()).toMatchObject({
      status: 201,
      json: {
        ...{ taxable_type: 'customer', taxable_id: id('anna'), tax_code: 'vat' },
        ...{ tax_rate: '0.0810', tax_amount_cents: '0.0000' },
      },
    })
    const key = `customer:${id('anna')}:${id('vat')}`
    expect(gateway.sent).toMatchObject([{ data: { fields: { key, taxId: id('vat') } } }])
  })

  it('is unique', async () => {
    gateway.onCommand(TaxApplication.Define, () => refuse('key_taken', 'Taken.', 'key'))
    expect(await apply()).toMatchObject({ status: 409 })
  })

  it.each([
    [{ tax_code: 'other' }, 404],
    [{ taxable_id: id('nobody') }, 404],
    [{ taxable_type: 'plan' }, 422],
    [{ taxable_type: 'organization' }, 422],
    [{ taxable_type: 'house' }, 422],
  ])('is refused: %j is %d', async (changes, status) => {
    expect(await apply(changes)).toMatchObject({ status })
    expect(gateway.sent).toEqual([])
  })

  it('waits for an advancing clock', async () => {
    await gateway.customer('anna', { testClockId: await gateway.testClock({ advancing: true }) })
    expect(await apply()).toMatchObject({ status: 409, json: { code: 'test_clock_advancing' } })
  })
})
