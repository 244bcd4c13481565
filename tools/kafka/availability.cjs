const { spawnSync } = require('node:child_process')
const { accessSync, constants } = require('node:fs')
const { delimiter, join } = require('node:path')
const { dockerRuns } = require('../jest/docker.cjs')
const { jarsArePresent } = require('./jars.cjs')

const JAVA_MIN = 17
const JAVA_TIMEOUT_MS = 10_000
const KNOWN = 'BILLSTREAM_KAFKA_BROKER'

/**
 * How an Apache Kafka broker can run here: { kind: 'docker' | 'maven' | 'none', reason }, the reason a clause for people.
 * Looked up once per run: child processes find the answer in their environment.
 */
function brokerAvailability() {
  process.env[KNOWN] ??= JSON.stringify(lookUp())
  return JSON.parse(process.env[KNOWN])
}

function lookUp() {
  if (dockerRuns()) return { kind: 'docker', reason: 'Docker runs' }
  const java = javaMajor()
  if (java === undefined) return { kind: 'none', reason: 'Docker does not run, and there is no java' }
  if (java < JAVA_MIN) return { kind: 'none', reason: `Docker does not run, and java is ${java}, below ${JAVA_MIN}` }
  if (jarsArePresent()) return { kind: 'maven', reason: `java ${java} and the jars are here` }
  if (isOnPath('mvn')) return { kind: 'maven', reason: `java ${java} and mvn are here` }
  return { kind: 'none', reason: 'Docker does not run, and there is no mvn' }
}

/** The program that runs the broker. */
function javaProgram() {
  const { JAVA_HOME } = process.env
  return JAVA_HOME ? join(JAVA_HOME, 'bin/java') : 'java'
}

function javaMajor() {
  const { stderr, status } = spawnSync(javaProgram(), ['-version'], { encoding: 'utf8', timeout: JAVA_TIMEOUT_MS })
  const [, major] = /version "(\d+)/.exec(stderr ?? '') ?? []
  return status === 0 && major !== undefined ? Number(major) : undefined
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

module.exports = { brokerAvailability, javaProgram }
