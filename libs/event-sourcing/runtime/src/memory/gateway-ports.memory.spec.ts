import { checkpointsConformance } from '../conformance/checkpoints.kit'
import { keyUsesConformance } from '../conformance/key-uses.kit'
import { MemoryCheckpoints } from './checkpoints.memory'
import { MemoryKeyUses } from './key-uses.memory'

checkpointsConformance('memory', () => new MemoryCheckpoints())
keyUsesConformance('memory', () => new MemoryKeyUses())
