import type { Server } from 'node:http'
import { Server as Listener } from 'node:net'
import type { OnModuleDestroy } from '@nestjs/common'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { FastifyInstance } from 'fastify'
import { OpenConnections } from './open-connections'

const LOOK_EVERY_MS = 25
/** Longer than any request waits for a view. */
const ANSWERS_TIMEOUT_MS = 12_000
/** A turn of the event loop in which nothing was done, in milliseconds. */
const EMPTY_TURN_MS = 0.05
/** Under so much load that no turn is empty, the listener is closed all the same. */
const EMPTY_TURN_TIMEOUT_MS = 500

/**
 * The end of the gateway towards its clients: it says that it is not ready, goes on answering for `drainMs`, each answer the
 * last of its connection, then takes no new connections and waits until every request is answered. Nobody is reset or refused;
 * only a connection on which nothing comes is closed, and after 12 s whatever is left.
 */
export class GracefulStop implements OnModuleDestroy {
  private begun = false
  private server: Server | undefined
  private readonly connections = new OpenConnections()
  /** Requests that wait until the listener is closed; undefined: none has to. */
  private held: (() => void)[] | undefined

  constructor(
    private readonly ports: Pick<PlatformPorts, 'sleeper' | 'log'>,
    private readonly drainMs: number,
  ) {}

  /** Whether more clients are wanted. */
  get isOpen(): boolean {
    return !this.begun
  }

  watch(server: FastifyInstance): void {
    this.server = server.server
    this.connections.watch(this.server)
    server.addHook('onRequest', (_request, _reply, done) => {
      if (this.held) this.held.push(done)
      else done()
    })
  }

  /** Before anything that requests need is closed. */
  async onModuleDestroy(): Promise<void> {
    this.begun = true
    const { server } = this
    if (server?.listening !== true) return
    this.connections.askToLeave()
    await this.ports.sleeper.sleep(this.drainMs)
    await this.closeListener(server)
    await this.untilAnswered(server)
  }

  /**
   * The system resets whoever waits to be accepted when a listener is closed. So requests are held until all clients wait for
   * answers, and it is closed right after a turn that was so short that nobody can have come since.
   */
  private async closeListener(server: Server): Promise<void> {
    const held = (this.held = [] as (() => void)[])
    await this.emptyTurn()
    // Not close() of an HTTP server: that one also destroys connections on which the next request may be on its way.
    Listener.prototype.close.call(server)
    this.held = undefined
    for (const goOn of held) goOn()
  }

  private async emptyTurn(): Promise<void> {
    const begin = performance.now()
    for (let now = begin, empty = false; !empty && now - begin < EMPTY_TURN_TIMEOUT_MS;) {
      const { accepted } = this.connections
      const before = performance.now()
      await new Promise((resolve) => setImmediate(resolve))
      now = performance.now()
      empty = this.connections.accepted === accepted && now - before < EMPTY_TURN_MS
    }
  }

  private async untilAnswered(server: Server): Promise<void> {
    for (let waitedMs = 0; waitedMs < ANSWERS_TIMEOUT_MS; waitedMs += LOOK_EVERY_MS) {
      if (this.connections.closeIdle() === 0) return
      await this.ports.sleeper.sleep(LOOK_EVERY_MS)
    }
    const left = this.connections.closeIdle()
    if (left > 0) this.ports.log.warn({ connections: left }, 'Requests were not answered before the end.')
    server.closeAllConnections()
  }
}
