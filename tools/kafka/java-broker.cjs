const { execFile, spawn } = require('node:child_process')
const { randomBytes } = require('node:crypto')
const { closeSync, existsSync, openSync } = require('node:fs')
const { mkdir, mkdtemp, readFile, rm, writeFile } = require('node:fs/promises')
const { join, resolve } = require('node:path')
const { setTimeout: pause } = require('node:timers/promises')
const { promisify } = require('node:util')
const { javaProgram } = require('./availability.cjs')
const { brokerSettings } = require('./broker-settings.cjs')
const { freePort } = require('./free-port.cjs')
const { provideJars } = require('./jars.cjs')
const { awaitReady } = require('./readiness.cjs')
const { claimFolder, guard, noteBroker, removeLeftovers, temporaryPrefix } = require('./watchdog.cjs')

const HOST = '127.0.0.1'
const JVM_FLAGS = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.apache.logging.log4j.level=WARN']
const STOP_TIMEOUT_MS = 15_000
const PORT_ATTEMPTS_MAX = 5
const LOG_EXCERPT_CHARACTERS = 4_000

/** startBroker of broker.cjs, in Java. */
async function startJavaBroker({ dataDir, port, log }) {
  const jars = await provideJars(log)
  await removeLeftovers()
  const folder = dataDir === undefined ? await mkdtemp(temporaryPrefix()) : resolve(dataDir)
  const broker = new JavaBroker({ folder, jars, isTemporary: dataDir === undefined })
  try {
    await broker.open(port)
  } catch (error) {
    await broker.stop()
    throw error
  }
  return broker
}

class JavaBroker {
  #place
  #process
  brokers
  pid

  /** jars: their folder. folder: holds data, settings, log and pid of this broker. */
  constructor(place) {
    this.#place = place
  }

  /** The first start. Where a free port was taken by another process in the meantime, with another one. */
  async open(wantedPort) {
    const { folder } = this.#place
    await mkdir(folder, { recursive: true })
    claimFolder(folder)
    for (let attempt = 1; ; attempt++) {
      this.brokers = `${HOST}:${await freePort(HOST, wantedPort)}`
      try {
        return await this.restart()
      } catch (error) {
        if (!/Address already in use/.test(error.message) || attempt === PORT_ATTEMPTS_MAX) throw error
      }
    }
  }

  async restart() {
    await this.#end('SIGTERM')
    await this.#configure()
    this.#process = this.#spawn()
    this.pid = this.#process.pid
    const why = async () => (await readFile(this.#file('broker.log'), 'utf8')).slice(-LOG_EXCERPT_CHARACTERS)
    await awaitReady(this.brokers, { over: this.#process.over, why })
  }

  async stop() {
    const { folder, isTemporary } = this.#place
    // Data that nobody will read need no orderly end.
    await this.#end(isTemporary ? 'SIGKILL' : 'SIGTERM')
    if (isTemporary) await rm(folder, { recursive: true, force: true })
  }

  async kill() {
    await this.#end('SIGKILL')
  }

  async ended() {
    await this.#process?.ended
  }

  async pause() {
    this.#process?.signal('SIGSTOP')
  }

  async resume() {
    this.#process?.signal('SIGCONT')
  }

  #file(name) {
    return join(this.#place.folder, name)
  }

  /** Writes the settings of this start, and formats the data folder before the first. */
  async #configure() {
    const controller = `${HOST}:${await freePort(HOST)}`
    const settings = {
      ...brokerSettings,
      listeners: `CLIENT://${this.brokers},CONTROLLER://${controller}`,
      'advertised.listeners': `CLIENT://${this.brokers}`,
      'inter.broker.listener.name': 'CLIENT',
      'controller.quorum.voters': `1@${controller}`,
      'log.dirs': this.#file('data').replaceAll('\\', '/'),
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(this.#file('server.properties'), lines.join(''))
    if (!existsSync(this.#file('data/meta.properties'))) await this.#format()
  }

  async #format() {
    const clusterId = randomBytes(16).toString('base64url')
    // One argument: an id may begin with a hyphen.
    const flags = ['format', `--cluster-id=${clusterId}`, '--config', this.#file('server.properties')]
    await promisify(execFile)(javaProgram(), this.#javaArguments('kafka.tools.StorageTool', flags))
  }

  #javaArguments(mainClass, programArguments) {
    return [...JVM_FLAGS, '-cp', join(this.#place.jars, '*'), mainClass, ...programArguments]
  }

  #spawn() {
    const { folder, isTemporary } = this.#place
    const output = openSync(this.#file('broker.log'), 'w')
    // A session of its own: Ctrl-C in a terminal reaches the program only, which then stops the broker last.
    const child = spawn(javaProgram(), this.#javaArguments('kafka.Kafka', [this.#file('server.properties')]), {
      cwd: folder,
      detached: true,
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    noteBroker(folder, { pid: child.pid, brokers: this.brokers })
    return watched(child, guard(child.pid, isTemporary ? folder : ''))
  }

  async #end(signal) {
    const running = this.#process
    this.#process = undefined
    if (running === undefined) return
    running.signal(signal)
    // One that was paused hears nothing else until it goes on.
    running.signal('SIGCONT')
    const patience = new AbortController()
    const timeout = pause(STOP_TIMEOUT_MS, undefined, { signal: patience.signal }).then(() => running.signal('SIGKILL'))
    await Promise.race([running.ended, timeout.catch(() => {})])
    patience.abort()
    await running.ended
  }
}

/** A child whose end is known: by `ended`, a promise, and by `over`, a signal. */
function watched(child, callOff) {
  const over = new AbortController()
  const ended = new Promise((done) => {
    child.once('error', done)
    child.once('exit', done)
  }).then(() => {
    callOff()
    over.abort()
  })
  child.unref()
  // The number of a child that has ended may be another's by now.
  return { pid: child.pid, ended, over: over.signal, signal: (name) => over.signal.aborted || child.kill(name) }
}

module.exports = { startJavaBroker }
