import { randomUUID } from 'node:crypto'
import { createOrganization } from '../../world/api-client'
import type { Bench } from '../../world/bench'
import { drive, type LoadTurn } from '../../world/drive'

/** Creates customers over HTTP for one turn: a command, an append, and the view from which it is answered. */
export async function customerLoad(bench: Bench, address: string, callers: number): Promise<LoadTurn> {
  const { api } = await createOrganization(bench, address, callers)
  const create = () => api.post('/v1/customers/', newCustomer())
  return () => drive({ callers, durationMs: bench.turnMs, call: create })
}

/** As it is sent; nobody else has its id. */
export function newCustomer() {
  const name = `customer ${randomUUID()}`
  return { external_id: name, name, email: 'someone@example.com', currency: 'USD' }
}
