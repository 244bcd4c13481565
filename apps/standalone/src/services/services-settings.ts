import { parseArgs } from 'node:util'
import { readKafkaSettings, SettingReader, SettingsInvalid, type Environment } from '@billstream/hosting'
import { readSettings, type Settings } from '../settings/settings'

const REPLICAS_MAX = 20

/** Settings of `npm run services`. */
export interface ServicesSettings extends Settings {
  readonly kafka: ReturnType<typeof readKafkaSettings>
  /** Processes of each service, the gateway and the projector. */
  readonly replicas: number
}

/** Options win over the environment: `--kafka HOST:PORT`, `--replicas N`. Throws SettingsInvalid with everything that is wrong. */
export function readServicesSettings(environment: Environment, options: readonly string[]): ServicesSettings {
  const { kafka, replicas } = parse(options)
  const given = { ...environment, ...(kafka !== undefined && { KAFKA_BROKERS: kafka }) }
  const problems: string[] = []
  const read = new SettingReader({ ...given, '--replicas': replicas }, problems)
  const own = {
    kafka: readKafkaSettings(read, 'billstream'),
    replicas: read.integer('--replicas', 1, { min: 1, max: REPLICAS_MAX }),
  }
  const settings = settingsOf({ ...environment, KAFKA_BROKERS: undefined }, problems)
  if (problems.length > 0 || !settings) throw new SettingsInvalid(problems)
  return { ...settings, ...own }
}

function parse(options: readonly string[]): { kafka?: string | undefined; replicas?: string | undefined } {
  try {
    const { values } = parseArgs({
      args: [...options],
      options: { kafka: { type: 'string' }, replicas: { type: 'string' } },
    })
    return values
  } catch (error) {
    throw new SettingsInvalid([error instanceof Error ? error.message : String(error)])
  }
}

function settingsOf(environment: Environment, problems: string[]): Settings | undefined {
  try {
    return readSettings(environment)
  } catch (error) {
    if (!(error instanceof SettingsInvalid)) throw error
    problems.push(...error.problems)
    return undefined
  }
}
