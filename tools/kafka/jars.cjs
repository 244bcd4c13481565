const { execFile } = require('node:child_process')
const { createHash } = require('node:crypto')
const { existsSync, readFileSync } = require('node:fs')
const { mkdir, rename, rm } = require('node:fs/promises')
const { join, resolve } = require('node:path')
const { promisify } = require('node:util')

const MAVEN_TIMEOUT_MS = 600_000
const POM = join(__dirname, 'pom.xml')
const CACHE = resolve(__dirname, '../../node_modules/.cache/billstream')

/** Where the jars that pom.xml names are, or will be: another pom.xml, another folder. Only a complete one has the name. */
function jarsFolder() {
  const pom = readFileSync(POM)
  const [, version] = /kafka_2\.13<\/artifactId>\s*<version>([\d.]+)/.exec(pom.toString())
  return join(CACHE, `kafka-${version}-${createHash('sha256').update(pom).digest('hex').slice(0, 8)}`)
}

/** Whether a broker can start without Maven. */
function jarsArePresent() {
  return existsSync(jarsFolder())
}

/**
 * Resolves with the folder of the jars, fetched with Maven (46 MB) when they are not there. A fetch that breaks leaves
 * nothing that a later one would take for complete, and two at once do each other no harm.
 */
async function provideJars(log) {
  const folder = jarsFolder()
  if (existsSync(folder)) return folder
  log('Fetching Apache Kafka with Maven (46 MB) ...')
  const draft = `${folder}.${process.pid}.draft`
  await mkdir(CACHE, { recursive: true })
  try {
    await copyDependencies(draft)
    await rename(draft, folder)
  } catch (error) {
    // The other of two was faster.
    if (!existsSync(folder)) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}

async function copyDependencies(outputDirectory) {
  const flags = ['--batch-mode', '--quiet', '--file', POM, 'dependency:copy-dependencies']
  const settings = ['-DincludeScope=runtime', `-DoutputDirectory=${outputDirectory}`]
  try {
    await promisify(execFile)('mvn', [...flags, ...settings], { timeout: MAVEN_TIMEOUT_MS })
  } catch (error) {
    throw new Error(`Maven could not fetch Apache Kafka: ${error.stdout || error.message}`, { cause: error })
  }
}

module.exports = { jarsArePresent, provideJars }
