import type { Context } from './command-definition'

/** A question to one context over the bus. It changes nothing; handlers may ask, never command. */
export interface QueryDefinition<Type extends string = string, Data = unknown, Answer = unknown> {
  readonly type: Type
  readonly context: Context
  /** Only for inference. */
  readonly shape?: { data: Data; answer: Answer }
}

export function defineQuery<Data, Answer>() {
  return <Type extends string>(type: Type, context: Context): QueryDefinition<Type, Data, Answer> => ({ type, context })
}
