import type { Admin, Kafka } from 'kafkajs'

/** Asks the brokers about themselves. Connects when it is first needed; where that failed, the next caller tries again. */
export class AdminClient {
  private readonly admin: Admin
  private connecting: Promise<void> | undefined

  constructor(kafka: Kafka) {
    this.admin = kafka.admin()
  }

  /** Throws what the brokers answer. */
  async connected(): Promise<Admin> {
    this.connecting ??= this.admin.connect().catch((error: unknown) => {
      this.connecting = undefined
      throw error
    })
    await this.connecting
    return this.admin
  }

  async close(): Promise<void> {
    if (this.connecting) await this.admin.disconnect()
  }
}
