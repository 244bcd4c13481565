import { parseArgs } from 'node:util'
import { readKafkaSettings, readPoolMax, SettingReader, SettingsInvalid, type Environment } from '@billstream/hosting'
import { readSettings, type Settings } from '../settings/settings'

const REPLICAS_MAX = 20
const PORT_MAX = 65_535

/** What `--help` prints. */
export const SERVICES_USAGE = `npm run services -- [options]: every service as processes of its own over Kafka. Ctrl-C stops them.
  --kafka HOST:PORT  the brokers, comma-separated (KAFKA_BROKERS)
  --replicas N       processes of each service, 1 to ${REPLICAS_MAX} (1); each gateway on a port of its own, from PORT on
  --help             this text
Everything else is set by the environment.`

/** Settings of `npm run services`. */
export interface ServicesSettings extends Settings {
  readonly kafka: ReturnType<typeof readKafkaSettings>
  /** Processes of each service, the gateway and the projector. */
  readonly replicas: number
  /** Connections of each of the two roles, per process. */
  readonly poolMax: number
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
    poolMax: readPoolMax(read),
  }
  const settings = settingsOf({ ...environment, KAFKA_BROKERS: undefined }, problems)
  if (settings) refusePortsBeyondTheLast({ port: settings.port, replicas: own.replicas }, read)
  if (problems.length > 0 || !settings) throw new SettingsInvalid(problems)
  return { ...settings, ...own }
}

/** Each gateway has the port that follows the one before; with 0 the system gives each a free one. */
function refusePortsBeyondTheLast({ port, replicas }: { port: number; replicas: number }, read: SettingReader): void {
  if (port === 0 || port + replicas - 1 <= PORT_MAX) return
  read.refuse('PORT', `${port} is too great for --replicas ${replicas}: there is no port beyond ${PORT_MAX}`)
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
