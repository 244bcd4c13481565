import {
  answersConformance,
  billingHaltsConformance,
  countersConformance,
  deadLettersConformance,
  deliveriesConformance,
  numbersConformance,
  personKeysConformance,
  processStoreConformance,
  secretsConformance,
  snapshotsConformance,
  timersConformance,
  workQueueConformance,
} from '@billstream/event-sourcing-runtime/conformance'
import { useTestPorts } from '../test/use-test-ports'
import type { PostgresPorts } from './postgres-ports'

const name = 'PostgreSQL'

describe('ports of persistence', () => {
  const under = useTestPorts()
  const emptied =
    <Port extends keyof PostgresPorts>(port: Port) =>
    async () => {
      await under().empty()
      return under().ports[port]
    }

  answersConformance(name, emptied('answers'))
  billingHaltsConformance(name, async () => {
    await under().empty()
    return under().ports
  })
  countersConformance(name, emptied('counters'))
  deadLettersConformance(name, emptied('deadLetters'))
  deliveriesConformance(name, emptied('deliveries'))
  numbersConformance(name, emptied('numbers'))
  personKeysConformance(name, emptied('personKeys'))
  processStoreConformance(name, emptied('processes'))
  secretsConformance(name, emptied('secrets'))
  snapshotsConformance(name, emptied('snapshots'))
  timersConformance(name, emptied('timers'))
  workQueueConformance(name, emptied('workQueue'))
})
