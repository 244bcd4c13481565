export { createGateway } from './create-gateway'
export type { GatewayPorts, GatewaySettings } from './edge/http/gateway-settings'
export { openApiDocuments } from './open-api-documents'
