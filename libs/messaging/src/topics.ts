import type { Context } from '@billstream/event-sourcing-core'

/** Names of the bus, the same on every transport. */
export const topics = {
  commands: (context: Context) => `billstream.commands.${context}`,
  queries: (context: Context) => `billstream.queries.${context}`,
  events: (context: Context) => `billstream.events.${context}`,
  /** What the consumers of a context get: the group's own feed of every context's events. */
  feed: (context: Context) => `billstream.feed.${context}`,
  usage: 'billstream.usage',
  replies: 'billstream.replies',
  /** Messages that nobody can read. */
  deadLetters: (topic: string) => `${topic}.dlq`,
} as const
