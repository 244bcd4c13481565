import type { EventRegistry, RecordedEvent } from '@billstream/event-sourcing-core'
import Ajv, { type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

/** Whether events are what their types say, lifted to the present version; each schema is compiled once. */
export class EventShapes {
  private readonly ajv = addFormats(new Ajv({ strict: false }))
  private readonly compiled = new Map<string, ValidateFunction>()

  constructor(private readonly registry: EventRegistry) {}

  /** Where its data differs and how, without a value, which may be a person's. undefined: it is as it should be, or of no contract. */
  faultOf({ type, data }: RecordedEvent): string | undefined {
    if (!this.registry.has(type)) return undefined
    const validate = this.compiled.get(type) ?? this.compile(type)
    if (validate(data)) return undefined
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`.trim()).join('; ')
  }

  private compile(type: string): ValidateFunction {
    const validate = this.ajv.compile(this.registry.get(type).schema)
    this.compiled.set(type, validate)
    return validate
  }
}
