import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { opsInMemory } from '../../test/ops-in-memory'

describe('the doctor of a platform whose event store is away', () => {
  it('looks at everything else, and says what it did not look at', async () => {
    const ops = opsInMemory({ storeAnswers: false, ways: [['relay']] })
    ops.ports.eventStore.head = () => Promise.reject(new StoreUnavailable('away'))
    const { code, out, err } = await ops.run('doctor')
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(/warning +projections, consumers +not looked at: the event store does not answer/)
    for (const about of ['processes', 'timers', 'dead letters', 'billing']) expect(out).toMatch(`ok       ${about}`)
  })
})
