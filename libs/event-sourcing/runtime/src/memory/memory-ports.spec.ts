import { answersConformance } from '../conformance/answers.kit'
import { billingHaltsConformance } from '../conformance/billing-halts.kit'
import { countersConformance } from '../conformance/counters.kit'
import { deadLettersConformance } from '../conformance/dead-letters.kit'
import { deliveriesConformance } from '../conformance/deliveries.kit'
import { leasesConformance } from '../conformance/leases.kit'
import { numbersConformance } from '../conformance/numbers.kit'
import { projectionControlsConformance } from '../conformance/projection-controls.kit'
import { processStoreConformance } from '../conformance/processes.kit'
import { personKeysConformance, secretsConformance } from '../conformance/secrets.kit'
import { snapshotsConformance } from '../conformance/snapshots.kit'
import { timersConformance } from '../conformance/timers.kit'
import { workQueueConformance } from '../conformance/work-queue.kit'
import { MemoryLeases } from './leases.memory'
import { createMemoryPorts } from './memory-ports'
import { MemoryProjectionControls } from './projection-controls.memory'
import { MemoryViews } from './views.memory'

const name = 'memory'

answersConformance(name, async () => createMemoryPorts().answers)
billingHaltsConformance(name, async () => createMemoryPorts())
countersConformance(name, async () => createMemoryPorts().counters)
deadLettersConformance(name, async () => createMemoryPorts().deadLetters)
deliveriesConformance(name, async () => createMemoryPorts().deliveries)
numbersConformance(name, async () => createMemoryPorts().numbers)
personKeysConformance(name, async () => createMemoryPorts().personKeys)
processStoreConformance(name, async () => createMemoryPorts().processes)
secretsConformance(name, async () => createMemoryPorts().secrets)
projectionControlsConformance(name, async () => {
  const controls = new MemoryProjectionControls()
  const writer = new MemoryViews({ sleep: () => Promise.resolve() }, controls)
  return { controls, writer, stop: () => Promise.resolve() }
})
snapshotsConformance(name, async () => createMemoryPorts().snapshots)
timersConformance(name, async () => createMemoryPorts().timers)
workQueueConformance(name, async () => createMemoryPorts().workQueue)
leasesConformance(name, async () => {
  const leases = new MemoryLeases()
  return { one: leases, another: leases, lose: async (role) => leases.lose(role) }
})
