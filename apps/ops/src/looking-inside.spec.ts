import { InvoicePaid, InvoicePaymentStarted } from '@billstream/invoicing-contracts'
import { CustomerCreated } from '@billstream/accounts-contracts'
import type { OutboxRow } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { opsInMemory, organizationId } from '../test/ops-in-memory'

const [invoiceId, paymentId] = [derivedId('invoice'), derivedId('payment')]
const stream = `invoice-${invoiceId}`
const started = InvoicePaymentStarted({
  ...{ invoiceId, paymentId, attempt: 1, amount: '1200', currency: 'USD', customerId: derivedId('customer') },
  feeIds: [],
})
const paid = InvoicePaid({ invoiceId, paidAt: '2026-07-01T00:00:00.000Z', paymentId, feeIds: [] })
const follow = 'follow-payment-of-invoice'

/** A payment that was started, and the invoice that a process settled because of it. */
async function paidInvoice(facts = [paid]) {
  const ops = opsInMemory()
  const [cause] = await ops.record([started], { stream })
  if (!cause) throw new Error('Nothing was recorded.')
  const commandId = derivedId('process', follow, cause.id, 0)
  const settled = { stream: `other-${paymentId}`, commandId, commandType: 'SettleInvoice', causationId: cause.id }
  const [effect] = await ops.record(facts, settled)
  const handled = { process: follow, owner: 'invoicing', inbox: [cause.id], states: [], commands: [] }
  await ops.ports.processes.commit(handled)
  if (!effect) throw new Error('Nothing was recorded.')
  return { ops, cause, effect }
}

describe('streams', () => {
  it('are listed with their last event', async () => {
    const { ops } = await paidInvoice()
    expect(await ops.json('streams', 'list', '--category', 'invoice')).toMatchObject([
      { stream, events: 1, lastType: 'InvoicePaymentStarted', lastPosition: '1' },
    ])
    const { out } = await ops.run('streams', 'list')
    expect(out.split('\n')[0]).toMatch(/^STREAM +EVENTS +LAST EVENT/)
  })

  it('hide what is personal unless it is asked for', async () => {
    const ops = opsInMemory()
    const customerId = derivedId('customer')
    const terms = { currency: null, timezone: null, invoiceGracePeriod: null, netPaymentTerm: null }
    const personal = { name: 'Ann', email: 'ann@example.com', billingMetadata: {} }
    const fact = CustomerCreated({ customerId, externalId: 'ann', testClockId: null, ...terms, personal } as never)
    await ops.record([fact], { stream: `customer-${customerId}` })
    const show = (...more: string[]) => ops.run('streams', 'show', `customer-${customerId}`, ...more)
    expect((await show()).out).not.toContain('ann@example.com')
    expect((await show('--personal')).out).toContain('ann@example.com')
    expect((await ops.run('events', 'tail', '--json')).out).not.toContain('ann@example.com')
  })
})

describe('an event', () => {
  it('is shown with what it caused, down to the webhook', async () => {
    const { ops, cause, effect } = await paidInvoice()
    await ops.ports.deliveries.add([
      {
        ...{ id: derivedId('delivery'), organizationId, endpointId: derivedId('endpoint'), eventId: effect.id },
        ...{
          correlationId: effect.metadata.correlationId,
          format: 'boxbilling',
          webhookType: 'invoice.paid',
          objectType: 'invoice',
          objectId: invoiceId,
          body: '{"name":"Ann"}',
        },
        ...{ status: 'pending', retries: 0, attempts: 0, nextAttemptAt: effect.recordedAt, lastAttemptAt: null },
        ...{ httpStatus: null, response: null, createdAt: effect.recordedAt, updatedAt: effect.recordedAt },
      },
    ])
    const { out } = await ops.run('events', 'show', cause.id)
    const [, below] = out.split('<== this event\n')
    expect(below).toMatch(/^ {3}└─ SettleInvoice by .*\(command .*\)\n {6}└─ .*InvoicePaid .*@0\n {9}└─ webhook: .*\n$/)
    const shown = await ops.json<{ effects: unknown[] }>('events', 'show', cause.id)
    expect(shown.effects).toMatchObject([
      {
        ...{ kind: 'event', by: follow, event: { id: effect.id } },
        effects: [{ kind: 'delivery', delivery: { webhookType: 'invoice.paid', body: '[personal]' } }],
      },
    ])
    expect((await ops.run('events', 'show', cause.id, '--json', '--personal')).out).toContain('Ann')
  })

  it('is shown with the events of one command together, under it', async () => {
    const { ops, cause } = await paidInvoice([paid, paid])
    const { out } = await ops.run('events', 'show', cause.id)
    expect(out.match(/SettleInvoice/g)).toHaveLength(1)
    expect(out).toMatch(/└─ SettleInvoice.*\n {6}└─ .*InvoicePaid .*@0\n {6}└─ .*InvoicePaid .*@1\n/)
  })

  it('is shown with what led to it', async () => {
    const { ops, cause, effect } = await paidInvoice()
    expect(await ops.json('events', 'show', effect.id)).toMatchObject({ causes: [{ id: cause.id }] })
    const { out } = await ops.run('events', 'show', effect.id)
    expect(out).toMatch(
      /\na command by .*\n└─ .*InvoicePaymentStarted.*\n {3}└─ SettleInvoice by .*\n {6}└─ .*InvoicePaid.*<== this event/,
    )
  })

  it('is shown with what processes want because of it, and what was refused', async () => {
    const ops = opsInMemory()
    const [cause] = await ops.record([started], { stream })
    const row = (index: number): OutboxRow => {
      const commandId = derivedId('process', follow, cause?.id ?? '', index)
      const actor = { type: 'process', id: follow } as const
      const ids = { commandId, organizationId, correlationId: commandId, causationId: cause?.id ?? '' }
      return {
        ...{
          id: commandId,
          process: follow,
          target: `payment-${paymentId}`,
          context: 'checkout',
          type: 'RequestPayment',
        },
        ...{ data: {}, metadata: { ...ids, actor, now: '2026-07-01T00:00:00.000Z' }, refusals: {}, tries: 0 },
      }
    }
    const commands = [row(0), row(1)]
    const inbox = [cause?.id ?? '']
    await ops.ports.processes.commit({ process: follow, owner: 'checkout', inbox, states: [], commands })
    const outcome = { code: 'never_heard_of', message: 'No.', at: '2026-07-01T00:00:01.000Z' }
    await ops.ports.processes.settle([{ kind: 'alarm', row: row(1), ...outcome }])
    const { out } = await ops.run('events', 'show', cause?.id ?? '')
    expect(out).toContain('wanted: RequestPayment')
    expect(out).toContain('refused: RequestPayment')
    expect(await ops.json('processes', 'list')).toMatchObject([{ process: follow, handled: 1, open: 1, alarms: 1 }])
    expect(await ops.json('processes', 'refused')).toMatchObject([{ code: 'never_heard_of' }])
  })

  it('of a kind, a stream or an organization is picked out of the tail', async () => {
    const { ops, cause, effect } = await paidInvoice()
    const tail = async (...argv: string[]) =>
      (await ops.run('events', 'tail', '--json', ...argv)).out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { id: string }).id)
    expect(await tail()).toEqual([cause.id, effect.id])
    expect(await tail('--type', 'InvoicePaid')).toEqual([effect.id])
    expect(await tail('--stream', stream)).toEqual([cause.id])
    expect(await tail('--from', '1')).toEqual([effect.id])
    expect(await tail('--organization', derivedId('another'))).toEqual([])
    const { code, err } = await ops.run('events', 'tail', '--organization', derivedId('another'))
    expect([code, err]).toEqual([0, expect.stringContaining('no such events')])
  })
})

describe('the tail', () => {
  it('finds the last events of a kind, a stream or an organization, however far back they lie', async () => {
    const { ops, cause, effect } = await paidInvoice()
    const others = { organizationId: derivedId('another') }
    for (let index = 0; index < 150; index += 1) {
      await ops.record([started], { stream: `invoice-${derivedId('later', index)}`, ...others })
    }
    const tail = async (...argv: string[]) =>
      (await ops.run('events', 'tail', '--json', ...argv)).out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { id: string; position: string })
    const ids = async (...argv: string[]) => (await tail(...argv)).map(({ id }) => id)
    expect(await ids('--type', 'InvoicePaid')).toEqual([effect.id])
    expect(await ids('--stream', stream)).toEqual([cause.id])
    expect(await ids('--organization', organizationId)).toEqual([cause.id, effect.id])
    const positions = (await tail('--organization', others.organizationId)).map(({ position }) => Number(position))
    expect(positions).toEqual(Array.from({ length: 100 }, (_, index) => 53 + index))
    expect(await tail('--from', '0')).toHaveLength(152)
  })
})

describe('projections', () => {
  it('show where they stand, and why one is held', async () => {
    const { ops } = await paidInvoice()
    const statusOf = async (name: string) =>
      (await ops.json<{ projection: string }[]>('projections', 'status')).find(({ projection }) => projection === name)
    expect(await statusOf('invoicing.invoice')).toMatchObject({ state: 'never_ran' })
    await ops.project()
    expect(await statusOf('invoicing.invoice')).toMatchObject({ state: 'live', position: '2', lagEvents: '0' })
    await ops.run('projections', 'pause', 'invoicing.invoice', '--reason', 'a wrong fold')
    await ops.record([paid], { stream: `invoice-${derivedId('later')}` })
    expect(await statusOf('invoicing.invoice')).toMatchObject({
      ...{ state: 'paused', lagEvents: '1', pause: { by: 'ann', reason: 'a wrong fold' } },
    })
    expect((await ops.run('projections', 'pause', 'invoicing.invoice', '--reason', 'again')).code).toBe(1)
    expect((await ops.run('projections', 'resume', 'invoicing.invoice')).code).toBe(0)
    expect(await statusOf('invoicing.invoice')).toMatchObject({ state: 'behind' })
  })
})

describe('projections behind a store that counts by reading, and no further than it must', () => {
  it('show so many events and more, not how far their positions are apart', async () => {
    const { ops } = await paidInvoice()
    ops.ports.eventStore.count = (_, { max }) => Promise.resolve({ events: max, hasMore: true })
    const [status] = await ops.json<unknown[]>('projections', 'status')
    expect(status).toMatchObject({ lagEvents: '10000', lagHasMore: true })
    expect((await ops.run('projections', 'status')).out).toContain(' 10,000+ ')
  })
})

describe('a replay', () => {
  it('publishes what the relay publishes, and counts what it would', async () => {
    const { ops, effect } = await paidInvoice()
    const internal = {
      type: 'ClaimHeld',
      data: { kind: 'k', ownerStream: 's', commandId: paymentId, at: effect.recordedAt },
    }
    await ops.record([internal], { stream: 'claim-k-1' })
    expect(await ops.json('replay', '--from', '0', '--dry-run')).toMatchObject({
      ...{ events: 2, first: '1', last: '2', perType: { InvoicePaid: 1, InvoicePaymentStarted: 1 }, reached: '3' },
    })
    expect(ops.published).toEqual([])
    const types = ['--type', 'InvoicePaid']
    const { code } = await ops.run('replay', '--from', '1', '--to', '99', ...types, '--topic', 'finance.replay')
    expect(code).toBe(0)
    expect(ops.published.map(({ event }) => event.id)).toEqual([effect.id])
  })
})

describe('the doctor of a platform whose consumers follow the events', () => {
  it('says how old the first event is that one has not handled', async () => {
    const ops = opsInMemory({ ways: [['relay']], timerRules: ['invoicing'] })
    const [event] = await ops.record([paid], { stream })
    const doctor = async () => (await ops.run('doctor')).out
    expect(await doctor()).toMatch(/ok +consumers +have handled/)
    ops.clock.moveTo('2026-07-01T00:01:00.000Z')
    expect(await doctor()).toMatch(/problem +relay +the first event that it has not handled is 60 s old/)
    expect(await doctor()).toMatch(/problem +timer-rules:invoicing +the first event/)
    const to = event?.position ?? 0n
    await ops.ports.checkpoints.save(new Map([['relay', to]]))
    expect(await doctor()).not.toMatch(/problem +relay/)
    await ops.ports.timers.commit('invoicing', { from: 0n, to }, [])
    expect(await doctor()).toMatch(/ok +consumers +have handled/)
  })
})

describe('the doctor of a platform that may run as one process or as many', () => {
  it('looks at those who hand events on as it last ran', async () => {
    const ops = opsInMemory({ ways: [['feed:accounts', 'feed:usage'], ['relay']] })
    const events = [...(await ops.record([paid], { stream })), ...(await ops.record([paid], { stream }))]
    const [one = 0n, two = 0n] = events.map(({ position }) => position)
    ops.clock.moveTo('2026-07-01T00:01:00.000Z')
    const behind = async () =>
      [...(await ops.run('doctor')).out.matchAll(/problem +(\S+) +the first/g)].map(([, name]) => name)
    const stand = (positions: Record<string, bigint>) => ops.ports.checkpoints.save(new Map(Object.entries(positions)))
    expect(await behind()).toEqual(['feed:accounts', 'feed:usage'])
    await stand({ relay: two })
    expect(await behind()).toEqual([])
    await stand({ 'feed:accounts': one, 'feed:usage': two, relay: one })
    expect(await behind()).toEqual(['feed:accounts'])
  })
})

describe('the doctor', () => {
  it('finds what stands still, and says what to do', async () => {
    const { ops } = await paidInvoice()
    await ops.ports.billingHalts.halt({ organizationId, reason: 'x', by: 'bob', at: '2026-07-01T00:00:00.000Z' })
    const letter = {
      id: 'l',
      consumer: 'c',
      key: 'k',
      event: { id: 'e', type: 'InvoicePaid', stream: 'k', revision: 0, position: '1' },
      error: 'e',
      tries: 5,
      at: '2026-07-01T00:00:00.000Z',
    }
    await ops.ports.deadLetters.add(letter)
    const { code, out } = await ops.run('doctor')
    expect(code).toBe(1)
    for (const word of ['has never run', 'dlq list', 'organizations resume']) expect(out).toContain(word)
  })
})
