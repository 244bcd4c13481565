import { boxBilling } from './apis/boxbilling/boxbilling.api'
import { boxBillingControllers } from './apis/boxbilling/boxbilling.controllers'
import { openApiDocument } from './edge/openapi/open-api-document'
import { operationsOfControllers } from './edge/openapi/operations-of'

/** The OpenAPI document of each public API as JSON text, by the API's name. */
export function openApiDocuments(): ReadonlyMap<string, string> {
  const operations = operationsOfControllers(boxBillingControllers)
  const document = openApiDocument(boxBilling, operations)
  return new Map([[boxBilling.name, `${JSON.stringify(document, undefined, 2)}\n`]])
}
