import { testBroker, uniqueName } from '@billstream/testing'
import type { DataFolder } from './data-folder'
import { PlatformProcess } from './platform-process'
import { ServicesProcess, type ServicesStart } from './services-process'

/** Set by the jest project `services`. */
const OVER_SERVICES = process.env['BILLSTREAM_TEST_OVER'] === 'services'

/** A running platform, as its customers reach it. It may be shared: each suite makes an organization of its own. */
export interface Platform {
  readonly address: string
  dispose(): Promise<void>
}

/** One that nobody else uses, so it may be looked into and hurt. */
export interface OwnPlatform extends Platform {
  readonly folder: DataFolder
  /** As Ctrl-C does. Returns the exit code. */
  stop(): Promise<number | null>
  /** kill -9 of the process, or of one of several chosen by `random`; resolves when another is in its place. */
  crash(random: (below: number) => number): Promise<void>
}

/** In the jest project `e2e` what `npm start` runs; in `services` the one cluster of the run. */
export async function startPlatform(): Promise<Platform> {
  return OVER_SERVICES ? sharedServices() : PlatformProcess.start()
}

/** In the jest project `e2e` what `npm start` runs; in `services` a cluster of the suite's own. */
export async function startOwnPlatform(): Promise<OwnPlatform> {
  return OVER_SERVICES ? startServices() : PlatformProcess.start()
}

/** Services of the suite's own over the broker of the run, beside the others by the names of their topics. */
export function startServices(options: Partial<ServicesStart> = {}): Promise<ServicesProcess> {
  const environment = { KAFKA_TOPIC_PREFIX: uniqueName('suite'), ...options.environment }
  return ServicesProcess.start({ brokers: testBroker(), ...options, environment })
}

function sharedServices(): Platform {
  const address = process.env['BILLSTREAM_TEST_SERVICES']
  if (address === undefined) throw new Error('No services run: the jest project `services` starts them.')
  return { address, dispose: () => Promise.resolve() }
}
