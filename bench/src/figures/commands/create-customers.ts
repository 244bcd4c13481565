import { randomUUID } from 'node:crypto'
import { createOrganization } from '../../world/api-client'
import type { Bench } from '../../world/bench'
import { drive, type Driven } from '../../world/drive'

/** Creates customers over HTTP for one turn: a command, an append, and the view from which it is answered. */
export async function customerLoad(bench: Bench, address: string, callers: number): Promise<() => Promise<Driven>> {
  const { api } = await createOrganization(bench, address, callers)
  const create = () => {
    const name = `customer ${randomUUID()}`
    return api.post('/v1/customers/', { external_id: name, name, email: 'someone@example.com', currency: 'USD' })
  }
  return () => drive({ callers, durationMs: bench.turnMs, call: create })
}
