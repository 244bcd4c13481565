import { MemorySandboxCharges } from './memory-sandbox-charges'
import { sandboxChargesKit } from './sandbox-charges.kit'

const charges = new MemorySandboxCharges()
sandboxChargesKit('in memory', () => charges)
