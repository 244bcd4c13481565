import type { PublicError } from '@billstream/platform'
import { writeJson } from '../../edge/json/write-json'
import { operationsOf, type PublicApi } from '../../edge/operation/operation'
import { boxBillingErrorOf } from './errors'

/** The API of `/v1`. Source: rules/boxbilling.md. */
export const boxBilling: PublicApi = {
  name: 'boxbilling',
  title: 'BoxBilling',
  version: '0.6.0',
  errorOf: boxBillingErrorOf,
  presentError: presentBoxBillingError,
}

/** Invalid fields are listed in `detail`; any other error is one text there. */
export function presentBoxBillingError({ code, message, options }: PublicError): string {
  return writeJson({ detail: options.problems ?? message, code })
}

/** Declares an operation of this API. */
export const operation = operationsOf(boxBilling)
