import type { Log } from '@billstream/event-sourcing-runtime'
import {
  EventStoreUrlUnusable,
  isOutOfReach,
  openKurrentEventStore,
  type KurrentEventStore,
} from '@billstream/event-store-kurrentdb'
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
    return await askStore(openKurrentEventStore({ url: eventStoreUrl, log }))
  } catch (error) {
    if (!(error instanceof EventStoreUrlUnusable)) throw error
    return { findings: [problem('KurrentDB', error.message, 'Correct EVENT_STORE_URL.')], state: 'unusable' }
  }
}

/** Closes the store. */
export async function askStore(
  store: Pick<KurrentEventStore, 'head' | 'serverVersion' | 'close'>,
): Promise<StoreDiagnosis> {
  try {
    await store.head()
    const version = await store.serverVersion().catch(() => undefined)
    const seen = version === undefined ? 'answers, but tells no version' : `${version}, answers`
    return { findings: [fine('KurrentDB', seen)], state: 'answers' }
  } catch (error) {
    if (!(error instanceof Error) || !isOutOfReach(error)) throw error
    const todo = 'Start KurrentDB, or correct EVENT_STORE_URL; docs/operations.md, AppendsFail.'
    return { findings: [problem('KurrentDB', error.message, todo)], state: 'away' }
  } finally {
    await store.close()
  }
}
