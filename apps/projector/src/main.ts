import { runProjectorProcess } from './composition/projector-process'

runProjectorProcess()
