import { isIP } from 'node:net'

/** Names every setting that is wrong or missing; the start then stops. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid'
  constructor(readonly problems: readonly string[]) {
    super(`The settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
}

const SECRET_LENGTH_MIN = 32

export type Environment = Readonly<Record<string, string | undefined>>

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

/** Reads settings one by one and collects what is wrong with them. */
export class SettingReader {
  constructor(
    private readonly environment: Environment,
    private readonly problems: string[],
  ) {}

  /** An empty variable is one that was not given. */
  text(name: string): string | undefined {
    const value = this.environment[name]?.trim()
    return value === '' ? undefined : value
  }

  /** why: what it is for. An empty text where it is missing. */
  required(name: string, why: string): string {
    const text = this.text(name)
    if (text === undefined) this.refuse(name, `is required (${why})`)
    return text ?? ''
  }

  refuse(name: string, problem: string): void {
    this.problems.push(`${name}: ${problem}.`)
  }

  integer(name: string, fallback: number, bounds: { min: number; max?: number }): number {
    const text = this.text(name)
    if (text === undefined) return fallback
    const value = Number(text)
    const { min, max = Number.MAX_SAFE_INTEGER } = bounds
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    this.problems.push(`${name}: ${JSON.stringify(text)} is not a whole number from ${min} to ${max}.`)
    return fallback
  }

  oneOf<const T extends string, F extends T | undefined>(name: string, allowed: readonly T[], fallback: F): T | F {
    const text = this.text(name)
    if (text === undefined) return fallback
    const found = allowed.find((each) => each === text)
    if (found !== undefined) return found
    this.problems.push(`${name}: ${JSON.stringify(text)} is not one of ${allowed.join(', ')}.`)
    return fallback
  }

  /** required: why it may not be missing; undefined: it may. */
  secret(name: string, required: string | undefined): string | undefined {
    const text = this.text(name)
    if (text === undefined) {
      if (required !== undefined)
        this.problems.push(`${name}: is required ${required} (at least ${SECRET_LENGTH_MIN} characters).`)
      return undefined
    }
    if (text.length < SECRET_LENGTH_MIN)
      this.problems.push(`${name}: must have at least ${SECRET_LENGTH_MIN} characters.`)
    return text
  }

  apiKey(name: string): string | undefined {
    const text = this.text(name)
    if (text !== undefined && !/^bxb_live_[0-9a-f]{64}$/.test(text)) {
      this.problems.push(`${name}: must be bxb_live_ and 64 hex digits.`)
    }
    return text
  }

  databaseUrl(): string | undefined {
    const text = this.text('DATABASE_URL')
    if (text !== undefined && !(/^postgres(ql)?:\/\/.+/.test(text) && URL.canParse(text))) {
      this.problems.push('DATABASE_URL: must be a postgresql:// address.')
    }
    return text
  }

  origins(name: string): string[] {
    const origins = (this.text(name) ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
    for (const origin of origins) {
      if (!/^https?:\/\/[^/]+$/.test(origin)) this.problems.push(`${name}: ${JSON.stringify(origin)} is not an origin.`)
    }
    return origins
  }
}
