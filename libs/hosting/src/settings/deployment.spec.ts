import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rootCertificates } from 'node:tls'
import { parse } from 'yaml'
import { STOP_TIMEOUT_MS } from '../process/run-process'
import { DRAIN_MS_MAX } from './shared-settings'
import { readGatewaySettings, readServiceSettings } from './service-settings'

const ROOT = resolve(__dirname, '../../../..')
const CHART = 'deploy/helm/billstream'
const SECRETS = { ADMIN_SECRET: 'a'.repeat(32), SERVER_SECRET: 's'.repeat(32), POSTGRES_PASSWORD: 'p'.repeat(16) }

const SIGNALS = ['METRICS_TOKEN', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG']

/** Where its programs listen and what they connect to. */
const OF_THE_FILE = ['DATABASE_URL', 'MIGRATE', 'HEALTH_HOST', 'HEALTH_PORT', 'HOST', 'PORT']

type Variables = Record<string, string>

interface ComposeService {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment: Variables
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly depends_on?: Record<string, { readonly condition: string }>
  readonly volumes?: readonly string[]
  readonly stop_grace_period?: string
}

interface Resources {
  readonly limits: { readonly memory: string }
}

interface Chart {
  readonly gatewayPreStopSeconds: number
  readonly settings: Variables
  readonly secret: { readonly name: string; readonly required: string[]; readonly optional: string[] }
  readonly appDefaults: { readonly resources: Resources }
  readonly apps: Record<string, { readonly secret?: string[]; readonly resources?: Partial<Resources> }>
  readonly networkPolicy: { readonly metricsFrom: readonly unknown[] }
}

function text(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

function yaml(path: string): unknown {
  return parse(text(path), { merge: true })
}

/** Everything in one process, a command line, a simulation: what is no service. */
const NO_SERVICES = ['standalone', 'ops', 'simulation']
const programs = readdirSync(join(ROOT, 'apps'))
  .filter((app) => existsSync(join(ROOT, 'apps', app, 'src/main.ts')))
  .filter((app) => !NO_SERVICES.includes(app))

/** Reads the settings of a program; throws when one is wrong. The names that were asked for. */
function namesReadBy(app: string, environment: Variables): ReadonlySet<string> {
  const names = new Set<string>()
  const watched = new Proxy(environment, {
    get: (target, name) => (names.add(String(name)), target[String(name)]),
  })
  if (app === 'gateway') readGatewaySettings(watched)
  else readServiceSettings(watched, app)
  return names
}

const folder = mkdtempSync(join(tmpdir(), 'billstream-deployment-'))
const authority = join(folder, 'ca.crt')
writeFileSync(authority, rootCertificates[0] ?? '')
afterAll(() => rmSync(folder, { recursive: true }))

/** With everything that can be set, so that every name is asked for. */
const everything = {
  ...SECRETS,
  KAFKA_BROKERS: 'kafka:9092',
  KAFKA_SSL: 'on',
  KAFKA_SSL_CA_FILE: authority,
  KAFKA_SASL_MECHANISM: 'plain',
  KAFKA_SASL_USERNAME: 'billstream',
  KAFKA_SASL_PASSWORD: 'secret',
  DATABASE_URL: 'postgresql://localhost/billstream',
}
const known = namesReadBy('gateway', everything)

/** `${NAME:?why}` from the given variables, `${NAME:-other}` and `${NAME-other}` with what stands there. */
function interpolate(value: string, variables: Variables): string {
  return value.replace(/\$\{(\w+)(?::?([?-])([^}]*))?\}/g, (_whole, name: string, kind = '', other = '') => {
    const given = variables[name] ?? (kind === '-' ? String(other) : undefined)
    if (given === undefined) throw new Error(`${name} is required: ${String(other)}`)
    return given
  })
}

/** A quantity of Kubernetes in mebibytes. */
function bytesOf(quantity: string): number {
  return Number(/^(\d+)Mi$/.exec(quantity)?.[1]) * 1024 * 1024
}

describe('docker-compose.yml', () => {
  const { services, volumes } = yaml('docker-compose.yml') as {
    services: Record<string, ComposeService>
    volumes: Variables
  }
  const apps = Object.entries(services).filter(([, { image }]) => image === 'billstream:local')
  const environmentOf = ({ environment }: ComposeService) =>
    Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolate(value, SECRETS)]))

  it('runs every program, and the migrations', () =>
    expect(apps.map(([name]) => name).sort()).toEqual([...programs, 'migrate'].sort()))

  it.each(apps)('runs a program that there is as %s', (_name, { command }) => {
    const [program = ''] = command ?? []
    expect(existsSync(join(ROOT, program.replace(/^dist\/apps\/(\w+)\/(.*)\.js$/, 'apps/$1/src/$2.ts')))).toBe(true)
  })

  it.each(apps.filter(([name]) => name !== 'migrate'))(
    'gives %s settings that it takes, and no other',
    (name, service) => {
      const environment = environmentOf(service)
      expect(() => namesReadBy(name, environment)).not.toThrow()
      expect(Object.keys(environment).filter((setting) => !known.has(setting))).toEqual([])
    },
  )

  it.each(apps.filter(([name]) => name !== 'migrate'))(
    'lets every setting of %s be given, but for what hangs together in the file',
    (name, { environment }) => {
      const names = [...namesReadBy(name, everything)].filter((setting) => !OF_THE_FILE.includes(setting))
      const taken = names.filter(
        (setting) => interpolate(environment[setting] ?? '', { [setting]: 'given' }) === 'given',
      )
      expect(taken).toEqual(names)
    },
  )

  it('gives a gateway the time to drain and to answer', () => {
    const [, seconds] = /^(\d+)s$/.exec(services['gateway']?.stop_grace_period ?? '') ?? []
    expect(Number(seconds) * 1_000).toBeGreaterThan(DRAIN_MS_MAX + STOP_TIMEOUT_MS)
  })

  it.each(apps.filter(([name]) => name !== 'migrate'))(
    'lets metrics and traces of %s be had',
    (_name, { environment }) => {
      for (const name of SIGNALS) expect(interpolate(environment[name] ?? '', { [name]: 'given' })).toBe('given')
    },
  )

  it('has no default for a secret', () => {
    const values = Object.values(services).flatMap(({ environment }) => Object.entries(environment))
    const secret = values.filter(([name]) => /SECRET|PASSWORD|DATABASE_URL/.test(name))
    expect(secret.length).toBeGreaterThan(0)
    const optional = ([name, value]: [string, string]) => value === `\${${name}:-}`
    const without = secret.filter((each) => !optional(each))
    expect(without.filter(([, value]) => !/\$\{\w+:\?[^}]+\}/.test(value))).toEqual([])
    expect([...new Set(secret.filter(optional).map(([name]) => name))]).toEqual(['KAFKA_SASL_PASSWORD'])
    expect(() => interpolate('${ADMIN_SECRET:?why}', {})).toThrow('ADMIN_SECRET is required')
  })

  it('pins every image, and looks after the health of what goes on', () => {
    const others = Object.values(services).filter(({ image }) => image !== 'billstream:local')
    expect(others.filter(({ image }) => !/^[\w./-]+:\d+\.\d+/.test(image))).toEqual([])
    const going = Object.entries(services).filter(([name]) => name !== 'migrate')
    expect(going.filter(([, { healthcheck }]) => (healthcheck?.test ?? []).length === 0)).toEqual([])
  })

  it('starts the programs after the migrations, and those after the database', () => {
    const waiting = apps.filter(([name]) => name !== 'migrate').map(([, service]) => service.depends_on?.['migrate'])
    expect(waiting).toEqual(waiting.map(() => ({ condition: 'service_completed_successfully' })))
    expect(services['migrate']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  })

  it('keeps data in volumes that it declares', () => {
    const used = Object.values(services).flatMap((service) => service.volumes ?? [])
    expect(used.map((volume) => volume.split(':')[0]).sort()).toEqual(Object.keys(volumes).sort())
  })
})

describe('the chart', () => {
  const { settings, secret, apps, appDefaults, networkPolicy, gatewayPreStopSeconds } = yaml(
    `${CHART}/values.yaml`,
  ) as Chart
  const filled = Object.fromEntries(
    [...secret.required, ...secret.optional, 'ADMIN_SECRET'].map((name) => [name, 'x'.repeat(32)]),
  )

  it('runs every program', () => expect(Object.keys(apps).sort()).toEqual([...programs].sort()))

  it('gives each program settings that it takes, and no other', () => {
    const environment = {
      ...settings,
      ...filled,
      KAFKA_BROKERS: 'kafka:9092',
      KAFKA_SASL_MECHANISM: 'plain',
      DATABASE_URL: 'postgresql://db/billstream',
    }
    for (const app of programs) expect(() => namesReadBy(app, environment)).not.toThrow()
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([])
  })

  it('lets every setting that a program knows be given', () => {
    const added = [...text(`${CHART}/templates/deployments.yaml`).matchAll(/- name: ([A-Z][A-Z_]+)$/gm)]
    const names = [...Object.keys(settings), ...secret.required, ...secret.optional, 'ADMIN_SECRET']
    const given = new Set([...names, ...added.map(([, name]) => name)])
    expect([...known].filter((name) => !given.has(name))).toEqual([])
  })

  it('adds only settings that a program knows', () => {
    const added = [...text(`${CHART}/templates/deployments.yaml`).matchAll(/- name: ([A-Z][A-Z_]+)$/gm)].map(
      ([, name]) => name,
    )
    expect(added).toContain('HEALTH_PORT')
    expect(added.filter((name = '') => !known.has(name))).toEqual([])
  })

  it('lets metrics and traces be had, and lets nobody read metrics who is not named', () => {
    expect([...secret.optional, ...Object.keys(settings)]).toEqual(expect.arrayContaining(SIGNALS))
    expect(networkPolicy.metricsFrom).toEqual([])
    const policies = text(`${CHART}/templates/network-policies.yaml`)
    const [, metrics = ''] = /{{- with .Values.networkPolicy.metricsFrom }}([^]*?)\n{{- end }}/.exec(policies) ?? []
    expect(metrics).toContain('port: http }')
    expect(metrics).toContain('from: {{- toYaml . |')
  })

  it('ends a gateway only when it was taken off the lists, and gives it the time to drain and to answer', () => {
    expect(gatewayPreStopSeconds).toBeGreaterThan(0)
    expect(Number(settings['GATEWAY_DRAIN_MS'])).toBeGreaterThan(0)
    const deployments = text(`${CHART}/templates/deployments.yaml`)
    expect(deployments).toContain('exec: { command: [sleep, {{ $.Values.gatewayPreStopSeconds | quote }}] }')
    const [, graceSeconds] =
      /add \.Values\.gatewayPreStopSeconds \(divf \$drainMs 1000 \| ceil\) (\d+)/.exec(
        text(`${CHART}/templates/_helpers.tpl`),
      ) ?? []
    expect(Number(graceSeconds)).toBeGreaterThan(STOP_TIMEOUT_MS / 1_000)
  })

  it('opens private networks to webhooks, and to nobody else, where they may be called', () => {
    const policies = text(`${CHART}/templates/network-policies.yaml`)
    expect(policies).toContain(
      '$private := and (eq $app "webhooks") (eq $.Values.settings.WEBHOOK_PRIVATE_TARGETS "allow")',
    )
    const [, open = '', closed = ''] = /{{- if \$private }}([^]*?){{- else }}([^]*?){{- end }}/.exec(policies) ?? []
    expect([open, closed].map((part) => /10\.0\.0\.0\/8|fc00::\/7/.test(part))).toEqual([false, true])
    for (const part of [open, closed]) expect(part).toMatch(/169\.254\.0\.0\/16[^]*fe80::\/10/)
  })

  it('lets a program have more memory than that of which an alert tells', () => {
    const limits = [appDefaults, ...Object.values(apps)].flatMap(({ resources }) => resources?.limits?.memory ?? [])
    const [, alertBytes] = /resident_memory_bytes\) > (\S+)/.exec(text('deploy/prometheus/alerts.yml')) ?? []
    expect(limits.length).toBeGreaterThan(0)
    for (const limit of limits) expect(bytesOf(limit)).toBeGreaterThan(Number(alertBytes) * 1.2)
  })

  it('takes all secrets from outside', () => {
    expect(secret.name).toBe('')
    expect(Object.keys(settings).filter((name) => /SECRET|PASSWORD|DATABASE_URL/.test(name))).toEqual([])
    expect(apps['gateway']?.secret).toEqual(['ADMIN_SECRET'])
  })

  it('has the version of the platform', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string }
    expect(yaml(`${CHART}/Chart.yaml`)).toMatchObject({ version, appVersion: version })
  })
})

describe('the image', () => {
  const instructions = text('deploy/Dockerfile').split('\n')

  it('is built on a pinned base and runs as nobody in particular', () => {
    expect(instructions).toContainEqual(expect.stringMatching(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-/))
    expect(instructions.filter((line) => line.startsWith('FROM')).every((line) => line.includes('${NODE_IMAGE}'))).toBe(
      true,
    )
    expect(instructions.filter((line) => line.startsWith('USER'))).toEqual(['USER 10001:10001'])
  })
})
