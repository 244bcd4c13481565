/** A kind of statement as PostgreSQL has counted it. */
export interface CountedStatement {
  readonly calls: number
  /** Role that ran it. */
  readonly role: string
  /** With `$n` for its values, white space as it was written. */
  readonly text: string
}

/** Whose work a statement is. What belongs to nobody else is the services'. */
export type StatementOwner = 'services' | 'projections' | 'relay' | 'deliveries' | 'gateway' | 'bench'

const WORKER = 'billstream_worker'
const PLATFORM_ROLES: readonly string[] = [WORKER, 'billstream_app']

const OWNERS: readonly { readonly owner: StatementOwner; readonly touches: RegExp }[] = [
  { owner: 'projections', touches: /\bprojections\.checkpoints\b/ },
  { owner: 'relay', touches: /\bruntime\.checkpoint\b|\bfrom store\.events where position > / },
  { owner: 'deliveries', touches: /\bwebhooks\.\w|"webhooks"\./ },
  { owner: 'gateway', touches: /\bgateway\.\w|"accounts"\."api_key"/ },
]
/**
 * How a projection loads the rows that it is about to change: across tenants, by nothing but their ids. A worker that pays
 * looks up its organization in the same way.
 */
const LOADED_ROWS =
  /^select .* from (?!"accounts"\."organization")"\w+"\."\w+" where \("id" = (any \(\$\d\)|\$\d)\) order by id$/

/**
 * Whose statement it is, by what it touches. Counted for the services is all else: commands with the facts that they gather,
 * processes and their outboxes, timers, measurements, numbers, and also what cannot be told apart, such as each
 * `set_config` that names a tenant, each notification, and what workers look for once a second.
 */
export function ownerOf({ role, text }: CountedStatement): StatementOwner {
  if (!PLATFORM_ROLES.includes(role)) return 'bench'
  const line = text.trim().replace(/\s+/g, ' ')
  if (role === WORKER && LOADED_ROWS.test(line)) return 'projections'
  return OWNERS.find(({ touches }) => touches.test(line))?.owner ?? 'services'
}
