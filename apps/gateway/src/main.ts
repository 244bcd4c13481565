import { runGatewayProcess } from './composition/gateway-process'

runGatewayProcess()
