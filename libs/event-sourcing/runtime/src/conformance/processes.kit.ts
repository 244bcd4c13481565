import type { ProcessStore } from '../ports/processes.port'
import { committing, conflicting, racing } from './processes.committing.kit'
import { lookedAt } from './processes.operators.kit'
import { refused, sending, settling } from './processes.sending.kit'

/** What every adapter of ProcessStore must do. `make` gives an empty one. */
export function processStoreConformance(name: string, make: () => Promise<ProcessStore>): void {
  describe(`process store: ${name}`, () => {
    let store: ProcessStore
    beforeEach(async () => {
      store = await make()
    })
    committing(() => store)
    conflicting(() => store)
    racing(() => store)
    sending(() => store)
    settling(() => store)
    refused(() => store)
    lookedAt(() => store)
  })
}
