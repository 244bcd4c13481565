import type { ChargeAnswer } from '@billstream/payment-providers-port'
import type { SandboxCharge, SandboxCharges } from './sandbox-charges.port'

/** The part of a PostgreSQL connection pool that the sandbox uses; instants come as ISO 8601, numeric as text. */
export interface SandboxDatabase {
  query<R>(statement: {
    readonly name: string
    readonly text: string
    readonly values: readonly (string | number)[]
  }): Promise<R[]>
}

interface ChargeRow {
  idempotency_key: string
  organization_id: string
  amount: string
  currency: string
  method_token: string
  metadata: Record<string, string>
  provider_payment_id: string
  outcome: ChargeAnswer
  settles_at: string
  created_at: string
}

/** Charges in the schema `sandbox`. Throws what the database throws when it is away. */
export class PostgresSandboxCharges implements SandboxCharges {
  constructor(private readonly database: SandboxDatabase) {}

  async insertIfAbsent(charge: SandboxCharge) {
    const inserted = await this.database.query<ChargeRow>({
      name: 'sandbox_charge_insert',
      text: `insert into sandbox.charge (idempotency_key, organization_id, amount, currency, method_token, metadata,
                                         provider_payment_id, outcome, settles_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (idempotency_key) do nothing returning *`,
      values: [
        charge.idempotencyKey,
        charge.organizationId,
        charge.amount.toString(),
        charge.currency,
        charge.methodToken,
        JSON.stringify(charge.metadata),
        charge.providerPaymentId,
        JSON.stringify(charge.outcome),
        charge.settlesAt,
        charge.createdAt,
      ],
    })
    if (inserted[0]) return { charge: toCharge(inserted[0]), inserted: true }
    const known = await this.find(charge.idempotencyKey)
    if (!known) throw new Error(`The charge ${charge.idempotencyKey} is there and cannot be read.`)
    return { charge: known, inserted: false }
  }

  async find(idempotencyKey: string): Promise<SandboxCharge | undefined> {
    const [row] = await this.database.query<ChargeRow>({
      name: 'sandbox_charge_find',
      text: 'select * from sandbox.charge where idempotency_key = $1',
      values: [idempotencyKey],
    })
    return row && toCharge(row)
  }

  async list(organizationId: string, limit: number): Promise<SandboxCharge[]> {
    const rows = await this.database.query<ChargeRow>({
      name: 'sandbox_charge_list',
      text: 'select * from sandbox.charge where organization_id = $1 order by created_at, idempotency_key limit $2',
      values: [organizationId, limit],
    })
    return rows.map(toCharge)
  }
}

function toCharge(row: ChargeRow): SandboxCharge {
  return {
    idempotencyKey: row.idempotency_key,
    organizationId: row.organization_id,
    amount: BigInt(row.amount),
    currency: row.currency,
    methodToken: row.method_token,
    metadata: row.metadata,
    providerPaymentId: row.provider_payment_id,
    outcome: row.outcome,
    settlesAt: row.settles_at,
    createdAt: row.created_at,
  }
}
