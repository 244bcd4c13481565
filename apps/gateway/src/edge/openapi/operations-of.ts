import type { Type } from '@nestjs/common'
import { OPERATION } from '../operation/handles.decorator'
import type { Operation } from '../operation/operation'

/** The operations that these controllers handle, in the order in which they are written. */
export function operationsOfControllers(controllers: readonly Type[]): Operation[] {
  return controllers.flatMap((controller) => {
    const prototype = controller.prototype as Record<string, unknown>
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const method = prototype[name]
      if (typeof method !== 'function') return []
      return (Reflect.getMetadata(OPERATION, method) as Operation | undefined) ?? []
    })
  })
}
