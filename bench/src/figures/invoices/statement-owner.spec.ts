import { ownerOf } from './statement-owner'

const ownedBy = (role: string, text: string) => ownerOf({ role, text, calls: 1 })

describe('whose statement it is', () => {
  it('is the services, unless somebody else is known', () => {
    expect(ownedBy('billstream_app', "select set_config('app.organization', $1, true)")).toBe('services')
    expect(ownedBy('billstream_worker', 'select append from store.append($1) order by append')).toBe('services')
    expect(ownedBy('billstream_worker', 'select max(position) as head from store.events')).toBe('services')
    expect(ownedBy('billstream_worker', 'select runtime.commit_process($1) as committed')).toBe('services')
  })

  it('is the projections, where rows and checkpoint are written, and where the rows are loaded', () => {
    const written = 'with moved as (\n  update projections.checkpoints\n set position = $4) select name from moved'
    expect(ownedBy('billstream_worker', written)).toBe('projections')
    const loaded = 'select "id", "total" from "invoicing"."invoice" where ("id" = any ($1)) order by id'
    expect(ownedBy('billstream_worker', loaded)).toBe('projections')
  })

  it('is the services, where a tenant or a condition is looked for', () => {
    const byTenant = 'select "id" from "invoicing"."invoice" where organization_id = $2 and ("id" = $1) order by id'
    expect(ownedBy('billstream_app', byTenant)).toBe('services')
    const payer = 'select "id" from "accounts"."organization" where ("id" = $1) order by id'
    expect(ownedBy('billstream_worker', payer)).toBe('services')
    const byStatus = 'select "id" from "accounts"."test_clock" where ("status" = $1) order by id limit $2'
    expect(ownedBy('billstream_worker', byStatus)).toBe('services')
  })

  it('is the relay, where events are followed and its place is kept', () => {
    expect(ownedBy('billstream_worker', 'insert into runtime.checkpoint (consumer) values ($1)')).toBe('relay')
    const follow = 'select id\n  from store.events\n where position > $1 order by position limit $2'
    expect(ownedBy('billstream_worker', follow)).toBe('relay')
  })

  it('is the deliveries, the gateway or the bench', () => {
    expect(ownedBy('billstream_worker', 'select 1 from webhooks.deliveries delivery')).toBe('deliveries')
    expect(ownedBy('billstream_app', 'select "id" from "webhooks"."webhook_endpoint"')).toBe('deliveries')
    expect(ownedBy('billstream_worker', 'insert into gateway.rate_counts as known (name) values ($1)')).toBe('gateway')
    expect(ownedBy('postgres', 'select count(*) from invoicing.invoice')).toBe('bench')
  })
})
