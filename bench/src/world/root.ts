import { join, resolve } from 'node:path'

/** Of the repository, from bench/src/world and from dist/bench/world alike. */
export const ROOT = resolve(__dirname, '../../..')

/** What the build makes of a program: `apps/standalone/main`. */
export function built(program: string): string {
  return join(ROOT, 'dist', `${program}.js`)
}
