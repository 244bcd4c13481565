import type { Log } from '@billstream/event-sourcing-runtime'
import { EventStoreUrlUnusable, isOutOfReach, openKurrentEventStore } from '@billstream/event-store-kurrentdb'
import { fine, problem, type Finding } from '../doctor/finding'
import type { OpsSettings } from './settings'

export interface StoreDiagnosis {
  readonly findings: readonly Finding[]
  readonly state: 'answers' | 'away' | 'unusable'
}

/** Whether the KurrentDB of EVENT_STORE_URL answers; nothing is found where events lie in PostgreSQL, which is looked at anyway. */
export async function diagnoseEventStore({ eventStoreUrl }: OpsSettings, log: Log): Promise<StoreDiagnosis> {
  if (eventStoreUrl === undefined) return { findings: [], state: 'answers' }
  try {
    return await ask(openKurrentEventStore({ url: eventStoreUrl, log }))
  } catch (error) {
    if (!(error instanceof EventStoreUrlUnusable)) throw error
    return { findings: [problem('KurrentDB', error.message, 'Correct EVENT_STORE_URL.')], state: 'unusable' }
  }
}

async function ask(store: ReturnType<typeof openKurrentEventStore>): Promise<StoreDiagnosis> {
  try {
    await store.head()
    return { findings: [fine('KurrentDB', 'answers')], state: 'answers' }
  } catch (error) {
    if (!(error instanceof Error) || !isOutOfReach(error)) throw error
    const todo = 'Start KurrentDB, or correct EVENT_STORE_URL; docs/operations.md, AppendsFail.'
    return { findings: [problem('KurrentDB', error.message, todo)], state: 'away' }
  } finally {
    await store.close()
  }
}
