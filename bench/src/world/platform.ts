import type { Bench } from './bench'
import { ProgramProcess } from './program-process'
import { built } from './root'

export const ADMIN_SECRET = 'the admin secret of the bench, at least 32 long'
export const SERVER_SECRET = 'the server secret of the bench, at least 32 long'
/** A limit that no load reaches: what is measured is the work, not the refusal. */
const UNLIMITED = '1000000000'

/** Settings with which a platform is measured: those of `npm start`, without the demo and without limits of rate. */
export const PLATFORM_SETTINGS: Readonly<Record<string, string>> = {
  ADMIN_SECRET,
  SERVER_SECRET,
  DEMO: 'off',
  PORT: '0',
  LOG_LEVEL: 'error',
  RATE_LIMIT_INGEST_PER_MINUTE: UNLIMITED,
  RATE_LIMIT_API_PER_MINUTE: UNLIMITED,
}

/** The platform of `npm start` in a process of its own. environment: such as DATABASE_URL; else it brings its own PostgreSQL. */
export function startStandalone(
  bench: Bench,
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramProcess> {
  return startProgram(bench, { main: 'apps/standalone/main', environment })
}

/** The platform of `npm run services`, every service in a process of its own. brokers: `host:port`. */
export function startServices(bench: Bench, brokers: string): Promise<ProgramProcess> {
  return startProgram(bench, { main: 'apps/standalone/services.main', more: ['--kafka', brokers] })
}

interface Program {
  readonly main: string
  readonly environment?: Readonly<Record<string, string>>
  readonly more?: readonly string[]
}

/** A compiled program that greets as the platform does. Its data folder is new, unless DATA_DIR names one. */
export function startProgram(bench: Bench, { main, environment = {}, more = [] }: Program): Promise<ProgramProcess> {
  return ProgramProcess.start(bench, {
    program: process.execPath,
    arguments: [...profiling(bench), '--enable-source-maps', built(main), ...more],
    environment: { ...PLATFORM_SETTINGS, DATA_DIR: environment['DATA_DIR'] ?? bench.folder(), ...environment },
  })
}

/** Written when the program ends; `chrome://inspect` and speedscope read it. */
function profiling({ profile }: Bench): string[] {
  return profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
}
