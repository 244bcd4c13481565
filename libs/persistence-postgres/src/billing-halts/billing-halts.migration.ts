import type { Migration } from '../database/migrations'
import { WORKER_ROLE } from '../database/roles'

/** Few rows, and mostly none: whoever hands out timers, commands or work looks here. */
export const billingHaltsMigration: Migration = {
  name: 'runtime-0008-billing-halts',
  up: `
    create table runtime.billing_halts (
      organization_id text collate "C" primary key,
      reason text not null,
      halted_by text not null,
      at timestamptz not null
    );
    grant select, insert, delete on runtime.billing_halts to ${WORKER_ROLE};`,
}
