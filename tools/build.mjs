#!/usr/bin/env node
// Compiles apps, libs and bench into dist/ with swc, without checking types, and only what has changed since the last build.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const MANIFEST = join(dist, 'build.json')
const PARALLEL_FILES_MAX = 32

/**
 * Resolves with the number of files written and removed, and the failures, one text each; what failed is tried again
 * by the next build. Two builds at once disturb nobody: each file is replaced as a whole.
 */
export async function build() {
  const before = await readManifest()
  const options = await optionsKey()
  const upToDate = (path, stamp) =>
    before.options === options && before.files[path] === stamp && existsSync(outOf(path))
  const sources = (await Promise.all((await projectFolders()).map(sourcesOf))).flat()
  const changed = sources.filter(({ path, stamp }) => !upToDate(path, stamp))
  const failures = changed.length > 0 ? await compileAll(changed) : new Map()
  const files = Object.fromEntries(sources.map(({ path, stamp }) => [path, failures.has(path) ? 'failed' : stamp]))
  const removed = Object.keys(before.files).filter((path) => files[path] === undefined)
  await Promise.all(removed.map(removeOutput))
  if (changed.length > 0 || removed.length > 0 || before.options !== options) {
    await writeAliases()
    await replaceFile(MANIFEST, JSON.stringify({ options, files }))
  }
  return { written: changed.length - failures.size, removed: removed.length, failures: [...failures.values()] }
}

async function readManifest() {
  if (!existsSync(MANIFEST)) return { options: '', files: {} }
  return JSON.parse(await readFile(MANIFEST, 'utf8'))
}

/** Another compiler, other options or another alias: everything is built again. */
async function optionsKey() {
  const inputs = [
    'tools/swc.options.cjs',
    'tools/build.mjs',
    'tsconfig.base.json',
    'node_modules/@swc/core/package.json',
  ]
  const texts = await Promise.all(inputs.map((path) => readFile(join(root, path), 'utf8')))
  return createHash('sha256').update(texts.join('\0')).digest('hex')
}

/** Every folder below apps/, libs/ and bench/ that holds a project.json, relative to the root. */
async function projectFolders() {
  const found = []
  const look = async (folder, depth) => {
    const entries = await readdir(join(root, folder), { withFileTypes: true })
    if (entries.some(({ name }) => name === 'project.json')) found.push(folder)
    else if (depth > 0) {
      const below = entries.filter((entry) => entry.isDirectory())
      await Promise.all(below.map(({ name }) => look(`${folder}/${name}`, depth - 1)))
    }
  }
  // An installation that only runs the platform has no bench.
  const folders = ['apps', 'bench', 'libs'].filter((folder) => existsSync(join(root, folder)))
  await Promise.all(folders.map((folder) => look(folder, 3)))
  return found
}

async function sourcesOf(project) {
  const src = join(root, project, 'src')
  if (!existsSync(src)) return []
  const entries = await readdir(src, { recursive: true, withFileTypes: true })
  const wanted = entries.filter((entry) => entry.isFile() && isBuilt(entry.name))
  return Promise.all(
    wanted.map(async (entry) => {
      const file = join(entry.parentPath ?? entry.path, entry.name)
      const { mtimeMs, size } = await stat(file)
      return { path: relative(root, file), stamp: `${mtimeMs} ${size}` }
    }),
  )
}

function outOf(path) {
  return join(dist, path.replace('/src/', '/').replace(/\.ts$/, '.js'))
}

function isBuilt(name) {
  return !/\.(spec|int-spec|endurance-spec|kafka-spec|e2e-spec|d)\.ts$|\.md$/.test(name)
}

/** The failures by path of the source. */
async function compileAll(sources) {
  const compiler = { transformFile: require('@swc/core').transformFile, options: require('./swc.options.cjs') }
  const failures = new Map()
  const queue = sources.values()
  const work = async () => {
    for (const { path } of queue) {
      await compile(path, compiler).catch((error) => failures.set(path, `${path}: ${error.message}`))
    }
  }
  await Promise.all(Array.from({ length: PARALLEL_FILES_MAX }, work))
  return failures
}

async function compile(path, { transformFile, options }) {
  const [file, out] = [join(root, path), outOf(path)]
  await mkdir(dirname(out), { recursive: true })
  if (!path.endsWith('.ts')) return copyFile(file, out)
  const sourceFileName = relative(dirname(out), file)
  const { code, map } = await transformFile(file, { ...options, sourceFileName, swcrc: false, configFile: false })
  await replaceFile(`${out}.map`, map)
  await replaceFile(out, `${code}\n//# sourceMappingURL=${basename(out)}.map\n`)
}

async function replaceFile(path, text) {
  const draft = `${path}.${process.pid}`
  await writeFile(draft, text)
  await rename(draft, path)
}

async function removeOutput(path) {
  await Promise.all([outOf(path), `${outOf(path)}.map`].map((file) => rm(file, { force: true })))
}

/** Plain Node finds `@billstream/<name>` as it finds any package: in the node_modules beside dist/apps and dist/libs. */
async function writeAliases() {
  const { paths } = JSON.parse(await readFile(join(root, 'tsconfig.base.json'), 'utf8')).compilerOptions
  await Promise.all(
    Object.entries(paths).map(async ([name, [source]]) => {
      const folder = join(dist, 'node_modules', name)
      const built = outOf(source)
      await mkdir(folder, { recursive: true })
      await replaceFile(join(folder, 'package.json'), JSON.stringify({ name, main: relative(folder, built) }))
    }),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { written, removed, failures } = await build()
  for (const failure of failures) console.error(failure)
  if (written + removed + failures.length > 0) {
    console.log(`Build: ${written} files written, ${removed} removed, ${failures.length} failed.`)
  }
  process.exitCode = failures.length > 0 ? 1 : 0
}
