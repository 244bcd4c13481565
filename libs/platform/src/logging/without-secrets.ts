import { stdSerializers } from 'pino'

const CENSOR = '[secret]'
/** What lies deeper is left out. */
const DEPTH_MAX = 8

/** Names of members, in any spelling, whose value nobody may read: compared in lower case, letters and digits only. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|authorization|cookie|apikey|rawkey|hmackey|hmackeys|signingkey|privatekey|masterkey|credentials?|cvc|cvv|cardnumber|pan|iban|personal)$/

/** What is a secret wherever it stands: our keys, webhook secrets, bearers, signed tokens, passwords in addresses. */
const SECRET_TEXT = new RegExp(
  [
    String.raw`bxb_[a-z]+_[0-9a-f]+`,
    String.raw`whsec_[A-Za-z0-9+/=_-]+`,
    String.raw`\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+`,
    String.raw`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`,
    String.raw`(?<=:\/\/)[^\s:@/]+:[^\s@/]+(?=@)`,
  ].join('|'),
  'gi',
)
/** A secret with its name before it, in JSON, in a query or as an assignment. */
const NAMED_SECRET_TEXT =
  /([\w-]*(?:token|secret|password|authorization|cookie|api_?key|hmac_?keys?|cvc|cvv)["']?\s*[:=]\s*["']?)[^"'\s,;&}\]]+/gi
/** 13 to 19 digits, in groups or not, apart from letters and further digits. */
const CARD_LIKE = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g

/**
 * A copy of what is to be logged, without secrets and card data: members by their names, texts by what they hold.
 * Errors become plain objects with their message and stack.
 */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return censored(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth >= DEPTH_MAX) return '[deep]'
  if (value instanceof Error) return withoutSecrets({ ...stdSerializers.err(value) }, depth)
  return Array.isArray(value) ? value.map((each) => withoutSecrets(each, depth + 1)) : membersOf(value, depth)
}

function membersOf(value: object, depth: number): unknown {
  if (Buffer.isBuffer(value)) return '[bytes]'
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, memberOf(name, member, depth)]))
}

function memberOf(name: string, member: unknown, depth: number): unknown {
  if (member === undefined || member === null) return member
  return isSecretName(name) ? CENSOR : withoutSecrets(member, depth + 1)
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
}

function censored(text: string): string {
  return text
    .replaceAll(SECRET_TEXT, CENSOR)
    .replaceAll(NAMED_SECRET_TEXT, `$1${CENSOR}`)
    .replaceAll(CARD_LIKE, (found) => (isCardNumber(found) ? CENSOR : found))
}

/** Luhn's check: nine of ten other numbers fail it. */
function isCardNumber(text: string): boolean {
  const digits = [...text.replaceAll(/\D/g, '')].reverse().map(Number)
  const sum = digits.reduce((total, digit, place) => total + (place % 2 === 0 ? digit : doubled(digit)), 0)
  return sum % 10 === 0
}

function doubled(digit: number): number {
  return digit < 5 ? digit * 2 : digit * 2 - 9
}
