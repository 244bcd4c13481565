import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const ROOT = resolve(__dirname, '../../..')

/** A file of `deploy/` as text. */
export function readDeployed(path: string): string {
  return readFileSync(resolve(ROOT, 'deploy', path), 'utf8')
}

/** Names of our metrics in any text, each once. */
export function metricsNamedIn(text: string): string[] {
  return [...new Set(text.match(/\bbillstream_\w+/g) ?? [])]
}

/** The alerts of the rules, with the address of their runbook. */
export function alerts(): { readonly name: string; readonly runbook: string | undefined }[] {
  const rules = readDeployed('prometheus/alerts.yml')
    .split(/^\s*- alert: /m)
    .slice(1)
  return rules.map((rule) => ({
    name: rule.split('\n', 1)[0] ?? '',
    runbook: /^\s*runbook_url: (\S+)$/m.exec(rule)?.[1],
  }))
}

/** The alerts that the runbooks explain. */
export function runbooks(): string[] {
  const [, text = ''] = readFileSync(resolve(ROOT, 'docs/operations.md'), 'utf8').split('\n## Runbooks\n')
  return [...text.matchAll(/^### (\w+)$/gm)].map(([, name]) => name ?? '')
}
